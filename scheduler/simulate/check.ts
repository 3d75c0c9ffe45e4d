/**
 * Checks objects that no API server has seen against the schemas of their kinds: types, and what quantities look like. What is null is taken as
 * absent, as the API server does.
 */
import type { Kind, Schema } from '../../types/kinds/kind.ts';
import { builtinKinds } from '../../types/kinds/registry.ts';
import { parseQuantity } from '../../types/quantity.ts';
import type { AnyObject } from '../../types/wire.ts';
import { InputError } from './input-error.ts';

type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'an object';
  return JSON.stringify(value) ?? String(value);
}

/** The value without nulls. Throws `InputError`. */
function checked(value: unknown, schema: Schema, path: string): unknown {
  if (schema.format === 'quantity') return quantity(value, path);
  if (schema.type === 'object' || schema.properties) return record(value, schema, path);
  if (schema.type === 'array') {
    if (!Array.isArray(value)) throw new InputError(`${path} must be a list, not ${typeOf(value)}`);
    return value.filter((item) => item !== null).map((item, i) => checked(item, schema.items ?? {}, `${path}[${i}]`));
  }
  if (schema.type === 'string' && typeof value !== 'string') throw new InputError(`${path} must be text, not ${typeOf(value)}`);
  if (schema.type === 'boolean' && typeof value !== 'boolean') {
    throw new InputError(`${path} must be true or false, not ${typeOf(value)}`);
  }
  if (schema.type === 'integer' && !Number.isSafeInteger(value)) {
    throw new InputError(`${path} must be a whole number, not ${typeOf(value)}`);
  }
  return value;
}

function quantity(value: unknown, path: string): string {
  try {
    if (typeof value !== 'string' && typeof value !== 'number') throw new Error('not a quantity');
    const { nano } = parseQuantity(value);
    if (nano < 0n) throw new Error('negative');
    return String(value);
  } catch {
    throw new InputError(`${path}: ${typeOf(value)} is not an amount; write it as 500m, 2 or 4Gi`);
  }
}

function record(value: unknown, schema: Schema, path: string): unknown {
  if (!isRecord(value)) throw new InputError(`${path} must be an object, not ${typeOf(value)}`);
  const found: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null) continue;
    const known = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    const other = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
    found[key] = checked(inner, known ?? other, path === '' ? key : `${path}.${key}`);
  }
  for (const name of schema.required ?? []) {
    if (found[name] === undefined) throw new InputError(`${path === '' ? name : `${path}.${name}`} is missing`);
  }
  return found;
}

/** Checks one object after the other; the kinds are read once. Kinds that are not built in are passed on as they are. */
export function createCheck(): (object: AnyObject) => AnyObject {
  const kinds = new Map<string, Kind>(
    builtinKinds().map((kind) => [`${kind.group ? `${kind.group}/` : ''}${kind.version}/${kind.kind}`, kind]),
  );
  return (object) => {
    const kind = kinds.get(`${object.apiVersion}/${object.kind}`);
    return kind ? (checked(object, kind.schema, '') as AnyObject) : object;
  };
}
