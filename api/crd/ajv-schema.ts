/** A structural schema of Kubernetes in the words of JSON Schema, as Ajv compiles it. */
import type { Schema } from '../../types/kinds/kind.ts';
import { put } from '../patch/value.ts';
import { INTEGER, isFormat, RANGES } from './formats.ts';
import { isObject, TYPES } from './structural.ts';

/** Our own keywords. `JUNCTORS` holds anyOf, oneOf, allOf and not, each as a list. */
export const JUNCTORS = 'kubernetesJunctors';
export const LIST_TYPE = 'x-kubernetes-list-type';
export const LIST_KEYS = 'x-kubernetes-list-map-keys';
export const EMBEDDED = 'x-kubernetes-embedded-resource';
/** Not a keyword: remembers what Ajv knows only of schemas with a type. */
export const NULLABLE = 'x-nullable';

export type AjvSchema = Record<string, unknown>;
export type Junctors = Record<'anyOf' | 'oneOf' | 'allOf' | 'not', AjvSchema[]>;

const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];

/** Only keywords that are known here go over, so that nothing in a CRD can reach what else Ajv understands (`$ref`, `$async`, …). */
export function toAjv(schema: Schema): AjvSchema {
  const made: AjvSchema = {};
  addType(schema, made);
  for (const keyword of COUNTS) if (typeof schema[keyword] === 'number') made[keyword] = schema[keyword];
  addBounds(schema, made);
  const { pattern, format, enum: allowed, required, multipleOf } = schema;
  if (typeof pattern === 'string') made.pattern = pattern;
  if (schema.type === 'integer') made.format = format && Object.hasOwn(RANGES, format) ? format : INTEGER;
  else if (typeof format === 'string' && isFormat(format)) made.format = format;
  if (Array.isArray(allowed) && allowed.length > 0) made.enum = allowed;
  if (Array.isArray(required) && required.length > 0) made.required = required;
  if (typeof multipleOf === 'number' && multipleOf > 0) made.multipleOf = multipleOf;
  addMembers(schema, made);
  addJunctors(schema, made);
  if (schema[LIST_TYPE] === 'set' || schema[LIST_TYPE] === 'map') {
    made[LIST_TYPE] = schema[LIST_TYPE];
    made[LIST_KEYS] = schema[LIST_KEYS] ?? [];
  }
  if (schema[EMBEDDED] === true) made[EMBEDDED] = true;
  return made;
}

function addType({ type, nullable, 'x-kubernetes-int-or-string': either }: Schema, made: AjvSchema): void {
  if (either === true) made.type = ['integer', 'string'];
  else if (type && TYPES.includes(type)) made.type = type;
  if (nullable !== true) return;
  made[NULLABLE] = true;
  if (made.type) made.nullable = true;
}

/** OpenAPI v3.0 says with a flag that a bound is exclusive; JSON Schema has a keyword of its own. */
function addBounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema, made: AjvSchema): void {
  if (typeof minimum === 'number') made[exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum'] = minimum;
  if (typeof maximum === 'number') made[exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum'] = maximum;
}

function addMembers({ properties, additionalProperties, items }: Schema, made: AjvSchema): void {
  if (properties) {
    const members: AjvSchema = {};
    for (const [key, member] of Object.entries(properties)) put(members, key, toAjv(member));
    made.properties = members;
  }
  if (isObject(additionalProperties)) made.additionalProperties = toAjv(additionalProperties as Schema);
  if (items) made.items = toAjv(items);
}

function addJunctors({ anyOf, oneOf, allOf, not }: Schema, made: AjvSchema): void {
  const branches = (list: unknown) => (Array.isArray(list) ? (list as Schema[]).map(toAjv) : []);
  const junctors: Junctors = { anyOf: branches(anyOf), oneOf: branches(oneOf), allOf: branches(allOf), not: branches(not ? [not] : []) };
  if (Object.values(junctors).some((list) => list.length > 0)) made[JUNCTORS] = junctors;
}
