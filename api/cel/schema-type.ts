/** The type that a schema's values have in CEL (k8s.io/apiserver/pkg/cel/common: SchemaDeclType). */
import type { Schema } from '../../types/kinds/kind.ts';
import { BOOL, BYTES, type CelType, DOUBLE, DURATION, DYN, type Field, INT, listOf, mapOf, objectType, STRING, TIMESTAMP } from './type.ts';

const STRINGS: Record<string, CelType> = { byte: BYTES, duration: DURATION, date: TIMESTAMP, 'date-time': TIMESTAMP };
const SCALARS: Record<string, CelType> = { boolean: BOOL, number: DOUBLE, integer: INT };

/** undefined: the schema says too little, and expressions don't see such values. `root`: of an object of the API, which has a name. */
export function schemaType(schema: Schema, root = false): CelType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return DYN;
  const { type } = schema;
  if (type === 'array') return listType(schema);
  if (type === 'object') return root || schema['x-kubernetes-embedded-resource'] === true ? resourceType(schema) : mappingType(schema);
  if (type === 'string') return STRINGS[schema.format ?? ''] ?? STRING;
  return type && SCALARS[type];
}

function listType(schema: Schema): CelType | undefined {
  const items = schema.items && schemaType(schema.items);
  if (!items) return undefined;
  const kind = schema['x-kubernetes-list-type'];
  if (kind === 'set') return { ...listOf(items), listType: kind };
  if (kind === 'map') return { ...listOf(items), listType: kind, keys: schema['x-kubernetes-list-map-keys'] ?? [] };
  return listOf(items);
}

function mappingType(schema: Schema): CelType | undefined {
  const { additionalProperties, properties = {} } = schema;
  if (typeof additionalProperties === 'object' && additionalProperties) {
    const values = schemaType(additionalProperties);
    return values && mapOf(STRING, values);
  }
  return { name: 'object', fields: fieldsOf(properties) };
}

const METADATA = objectType('objectMeta', { name: STRING, generateName: STRING });

function resourceType({ properties = {} }: Schema): CelType {
  const fields = new Map<string, Field>(fieldsOf(properties));
  fields.set('apiVersion', { name: 'apiVersion', type: STRING });
  fields.set('kind', { name: 'kind', type: STRING });
  fields.set('metadata', { name: 'metadata', type: METADATA });
  return { name: 'object', fields };
}

function fieldsOf(properties: Record<string, Schema>): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, property] of Object.entries(properties)) {
    const type = schemaType(property);
    const escaped = type && escapedName(name);
    if (escaped) fields.set(escaped, { name, type });
  }
  return fields;
}

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const SPELT: Record<string, string> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };

/** A property's name as expressions write it; undefined: they can't (k8s.io/apiserver/pkg/cel: Escape). */
export function escapedName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_./-][\w./-]*$/.test(name)) return undefined;
  return name.replace(/__|[./-]/g, (part) => SPELT[part] ?? part);
}
