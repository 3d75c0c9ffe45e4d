/**
 * Schemas as structured merges see them: what a value may be (scalar, list, map), and whether its parts are owned one by one or as a whole
 * (k8s.io/kube-openapi/pkg/schemaconv). Made of a linked `Schema` when first asked for, then kept.
 */
import type { Json, Schema } from '../../types/kinds/kind.ts';
import { fieldElement } from './path-element.ts';

export interface Type {
  scalar?: 'numeric' | 'string' | 'boolean' | 'untyped';
  list?: ListType;
  map?: MapType;
}

export interface ListType {
  /** Owned as a whole. Else its elements are told apart by `keys`, or, when there are none, by their value. */
  atomic: boolean;
  /** Sorted. */
  keys: string[];
  /** Of `keys`, where an element may leave them out. */
  defaults: (Json | undefined)[];
  element(): Type;
}

export interface MapType {
  atomic: boolean;
  field(name: string): Field | undefined;
  /** Of all the others; undefined: there may be none. */
  element(): Type | undefined;
}

/** A declared field. */
export interface Field {
  type: Type;
  /** Its path element: made once, as every write asks for it. */
  element: string;
}

const none = () => undefined;

/** Any value, owned as a whole. */
export const UNTYPED: Type = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], defaults: [], element: () => UNTYPED },
  map: { atomic: true, field: none, element: () => UNTYPED },
};

/** Any value, whose shape tells: maps are owned key by key, all else as a whole. */
export const DEDUCED: Type = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], defaults: [], element: () => UNTYPED },
  map: { atomic: false, field: none, element: () => DEDUCED },
};

const plain = new WeakMap<Schema, Type>();
const preserving = new WeakMap<Schema, Type>();

/** `preserve`: fields that are not declared are kept, as a schema above has said. */
export function typeOf(schema: Schema, preserve = false): Type {
  const kept = preserve || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const known = (kept ? preserving : plain).get(schema);
  if (known) return known;
  const type = makeType(schema, kept);
  (kept ? preserving : plain).set(schema, type);
  return type;
}

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension';

function makeType(schema: Schema, preserve: boolean): Type {
  if (schema.id === QUANTITY) return { scalar: 'untyped' };
  if (schema.id === RAW_EXTENSION) return UNTYPED;
  switch (schema.type) {
    case 'object':
      return { map: mapType(schema, preserve) };
    case 'array':
      return { list: listType(schema, preserve) };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return { scalar: !schema.format || schema.format === 'byte' ? 'string' : 'untyped' };
    default:
      return { scalar: 'untyped', list: listType(schema, preserve), map: mapType(schema, preserve) };
  }
}

function mapType(schema: Schema, preserve: boolean): MapType {
  const { properties = {}, additionalProperties: others } = schema;
  const fields = embedded(schema) ? { ...EMBEDDED_FIELDS, ...properties } : properties;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  const known = new Map<string, Field>();
  const field = (name: string) => {
    const found = known.get(name);
    if (found || !Object.hasOwn(fields, name)) return found;
    const made = { type: typeOf(fields[name] as Schema, preserve), element: fieldElement(name) };
    known.set(name, made);
    return made;
  };
  let element: MapType['element'] = none;
  if (typeof others === 'object') element = () => typeOf(others, preserve);
  else if (others === true) element = () => DEDUCED;
  else if (others === undefined && (preserve || Object.keys(fields).length === 0)) element = () => DEDUCED;
  return { atomic, field, element };
}

const embedded = (schema: Schema) => schema['x-kubernetes-embedded-resource'] === true;
const EMBEDDED_FIELDS: Record<string, Schema> = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };

function listType(schema: Schema, preserve: boolean): ListType {
  const { items } = schema;
  const element = items ? () => typeOf(items, preserve) : () => UNTYPED;
  const keys = keysOf(schema);
  if (!keys) return { atomic: true, keys: [], defaults: [], element };
  const sorted = [...keys].sort();
  return { atomic: false, keys: sorted, defaults: sorted.map((key) => items?.properties?.[key]?.default), element };
}

/** Undefined: an atomic list. Empty: a set. */
function keysOf(schema: Schema): string[] | undefined {
  switch (schema['x-kubernetes-list-type']) {
    case 'map':
      return schema['x-kubernetes-list-map-keys'] ?? [];
    case 'set':
      return [];
    case 'atomic':
      return undefined;
  }
  const strategy = schema['x-kubernetes-patch-strategy'];
  if (strategy !== 'merge' && strategy !== 'merge,retainKeys') return undefined;
  const key = schema['x-kubernetes-patch-merge-key'];
  return key ? [key] : [];
}

export type Shape = 'scalar' | 'list' | 'map';

/** What `value` is to be handled as. A value that the type does not allow (or null) is handled as the first thing that it does. */
export function shapeOf(type: Type, value: Json | undefined): Shape {
  if (value !== undefined && value !== null) {
    if (Array.isArray(value)) {
      if (type.list) return 'list';
    } else if (typeof value === 'object') {
      if (type.map) return 'map';
    } else if (type.scalar) return 'scalar';
  }
  if (type.map) return 'map';
  return type.scalar ? 'scalar' : 'list';
}

export const isMap = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The type of a map's key. */
export const typeOfKey = (map: MapType, key: string): Type | undefined => map.field(key)?.type ?? map.element();
