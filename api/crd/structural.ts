/** What all walks over a structural schema ask of it. */
import type { Schema } from '../../types/kinds/kind.ts';

/** That a value can be of. */
export const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export const isEmbedded = (schema: Schema) => schema['x-kubernetes-embedded-resource'] === true;

export const preservesUnknown = (schema: Schema) => schema['x-kubernetes-preserve-unknown-fields'] === true;

/** The schema of an object's member; undefined where the schema says nothing of it. */
export function schemaOf(schema: Schema, key: string): Schema | undefined {
  const { properties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' && additionalProperties !== null ? additionalProperties : undefined;
}
