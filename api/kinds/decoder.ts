/**
 * Decodes an object as Kubernetes' own Go types would: a value of the wrong type is a fault worded as encoding/json words it, an unknown
 * field is reported and dropped, and the object comes out as Go would write it again (null and empty values gone, quantities and times
 * in canonical form, zero values where Go always writes them).
 *
 * Measured on a Pod with two containers: 4 us an object once warm and no noticeable start, where Ajv takes 90 to 310 ms to compile the
 * Pod's schema, and still needs a second walk to prune, to word the faults, and to write canonical forms.
 */
import type { Json, Schema } from '../../types/kinds/kind.ts';
import { type Decode, type DecodeContext, DROP, type JsonObject } from './decode-context.ts';
import {
  decodeBoolean,
  decodeBytes,
  decodeInteger,
  decodeIntOrString,
  decodeNumber,
  decodeQuantity,
  decodeString,
  decodeTime,
} from './decode-scalars.ts';
import { goType, structName } from './go-type.ts';

interface Field {
  decode: Decode;
  /** Its zero value is dropped: omitempty, and no pointer. */
  omitEmpty: boolean;
  /** A list or map that is always written: the store's encoding does not tell an empty one from none, which is null. */
  nullIfEmpty: boolean;
}

interface Struct {
  name: string;
  fields: Map<string, Field>;
  /** What Go writes where the field is absent. */
  always: [name: string, zero: () => Json][];
}

const compiled = new WeakMap<Schema, Decode>();
const structs = new WeakMap<object, Struct>();

/** The decoder of a schema, made at its first use and kept as long as the schema lives. */
export function decoderOf(schema: Schema): Decode {
  let decode = compiled.get(schema);
  if (!decode) {
    decode = compile(schema);
    compiled.set(schema, decode);
  }
  return decode;
}

function compile(schema: Schema): Decode {
  if (schema['x-kubernetes-preserve-unknown-fields']) return (value) => value;
  if (schema.format === 'quantity') return decodeQuantity;
  if (schema['x-kubernetes-int-or-string']) return decodeIntOrString;
  if (schema.properties) return decodeStruct(schema, schema.properties);
  switch (schema.type) {
    case 'array':
      return decodeArray(schema);
    case 'object':
      return decodeMap(schema);
    case 'string':
      if (schema.format === 'date-time' || schema.format === 'micro-time') return decodeTime(schema.format === 'micro-time');
      return schema.format === 'byte' ? decodeBytes : decodeString(goType(schema));
    case 'integer':
      return decodeInteger(schema);
    case 'number':
      return decodeNumber(goType(schema));
    case 'boolean':
      return decodeBoolean(goType(schema));
    default:
      return (value) => value;
  }
}

function decodeStruct(schema: Schema, properties: Record<string, Schema>): Decode {
  let struct: Struct | undefined;
  const type = goType(schema);
  return (value, context) => {
    if (value === null) return schema['x-go-pointer'] ? DROP : zeroOf(schema)();
    if (typeof value !== 'object' || Array.isArray(value)) return context.wrongType(value, type);
    struct ??= structOf(schema, properties);
    const outer = context.struct;
    context.struct = struct.name;
    decodeFields(struct, value as JsonObject, context);
    context.struct = outer;
    return value;
  };
}

function decodeFields(struct: Struct, object: JsonObject, context: DecodeContext): void {
  const { path } = context;
  for (const name of Object.keys(object)) {
    const field = struct.fields.get(name);
    if (!field) {
      context.unknownField(name);
      delete object[name];
      continue;
    }
    const before = object[name] as Json;
    path.push(name);
    const after = field.decode(before, context);
    path.pop();
    if (after === DROP || (field.omitEmpty && isEmpty(after))) delete object[name];
    else if (field.nullIfEmpty && isEmpty(after)) object[name] = null;
    else if (after !== before) object[name] = after;
  }
  for (const [name, zero] of struct.always) if (!Object.hasOwn(object, name)) object[name] = zero();
}

function isEmpty(value: Json): boolean {
  if (value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) for (const _ in value) return false;
  return typeof value === 'object';
}

function structOf(schema: Schema, properties: Record<string, Schema>): Struct {
  const known = structs.get(properties);
  if (known) return known;
  const struct: Struct = { name: structName(schema), fields: new Map(), always: [] };
  for (const [name, property] of Object.entries(properties)) {
    const always = property['x-go-always'] === true;
    const kept = always || property['x-go-pointer'] === true || property.properties !== undefined;
    const typeMeta = name === 'apiVersion' || name === 'kind';
    struct.fields.set(name, {
      decode: decoderOf(property),
      omitEmpty: !kept && !(typeMeta && schema['x-kubernetes-group-version-kind']),
      nullIfEmpty: always && (property.type === 'array' || (property.type === 'object' && !property.properties)),
    });
    if (always) struct.always.push([name, zeroOf(property)]);
  }
  structs.set(properties, struct);
  return struct;
}

/** What Go writes for a value that was never set. */
export function zeroOf(schema: Schema): () => Json {
  if (schema['x-go-pointer'] || schema['x-kubernetes-preserve-unknown-fields']) return () => null;
  if (schema.format === 'quantity') return () => '0';
  if (schema['x-kubernetes-int-or-string']) return () => 0;
  if (schema.properties) {
    const { properties } = schema;
    return () => {
      const object: JsonObject = {};
      for (const [name, zero] of structOf(schema, properties).always) object[name] = zero();
      return object;
    };
  }
  if (schema.type === 'string') return () => (schema.format ? null : '');
  if (schema.type === 'integer' || schema.type === 'number') return () => 0;
  return schema.type === 'boolean' ? () => false : () => null;
}

function decodeArray(schema: Schema): Decode {
  const items = schema.items ?? {};
  const type = goType(schema);
  let decode: Decode | undefined;
  return (value, context) => {
    if (value === null) return DROP;
    if (!Array.isArray(value)) return context.wrongType(value, type);
    decode ??= decoderOf(items);
    for (let i = 0; i < value.length; i++) {
      const before = value[i] as Json;
      context.path.push(i);
      const after = decode(before, context);
      context.path.pop();
      if (after !== before) value[i] = after === DROP ? zeroOf(items)() : after;
    }
    return value;
  };
}

function decodeMap(schema: Schema): Decode {
  const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  const type = goType(schema);
  let decode: Decode | undefined;
  return (value, context) => {
    if (value === null) return DROP;
    if (typeof value !== 'object' || Array.isArray(value)) return context.wrongType(value, type);
    decode ??= decoderOf(values);
    for (const key of Object.keys(value)) {
      const before = value[key] as Json;
      context.path.push(`\0${key}`);
      const after = decode(before, context);
      context.path.pop();
      if (after !== before) value[key] = after === DROP ? zeroOf(values)() : after;
    }
    return value;
  };
}
