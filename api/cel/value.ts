/**
 * Values at run time. `int` is a bigint, `double` a number, text, truth and null are JavaScript's own; the rest are the classes here. Values
 * of JSON are read when they are asked for, so that a rule costs what it looks at and not what the object holds.
 */
import { noSuchKey } from './fault.ts';
import { type CelType, DYN } from './type.ts';

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** `ns` since 1970. */
export class Timestamp {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

export class Duration {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

export class Optional {
  /** undefined: none. */
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export const NONE = new Optional(undefined);

export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value of a type that a library brings: an address, a quantity. */
export class Opaque<T = unknown> {
  readonly type: CelType;
  readonly value: T;
  constructor(type: CelType, value: T) {
    this.type = type;
    this.value = value;
  }
}

export abstract class List {
  abstract readonly size: number;
  /** Of a list that is a set or a map, this says so. */
  abstract readonly type: CelType | undefined;
  abstract at(index: number): Value;
  *[Symbol.iterator](): Iterator<Value> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }
}

/** Of values. */
export class ValueList extends List {
  readonly items: readonly Value[];
  readonly type = undefined;
  constructor(items: readonly Value[]) {
    super();
    this.items = items;
  }
  get size(): number {
    return this.items.length;
  }
  at(index: number): Value {
    return this.items[index] as Value;
  }
}

/** Of JSON. */
export class JsonList extends List {
  readonly raw: readonly unknown[];
  readonly type: CelType | undefined;
  readonly #element: CelType;
  constructor(raw: readonly unknown[], type: CelType) {
    super();
    this.raw = raw;
    this.type = type;
    this.#element = type.params?.[0] ?? DYN;
  }
  get size(): number {
    return this.raw.length;
  }
  at(index: number): Value {
    return fromJson(this.raw[index], this.#element);
  }
}

export abstract class Mapping {
  abstract readonly size: number;
  /** undefined where there is none. */
  abstract get(key: Value): Value | undefined;
  abstract keys(): Iterable<Value>;
  has(key: Value): boolean {
    return this.get(key) !== undefined;
  }
}

export class ValueMap extends Mapping {
  readonly #entries = new Map<string, { key: Value; value: Value }>();
  constructor(entries: Iterable<readonly [Value, Value]>) {
    super();
    for (const [key, value] of entries) this.#entries.set(keyOf(key), { key, value });
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key))?.value;
  }
  *keys(): Iterable<Value> {
    for (const { key } of this.#entries.values()) yield key;
  }
}

/** Numbers that are equal are one key, whatever their type. */
function keyOf(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  if (typeof key === 'bigint' || typeof key === 'number') return `n${key}`;
  return `o${String(key)}`;
}

/** An object of JSON: a map, or, where the type has fields, an object with these. */
export class JsonMap extends Mapping {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly type: CelType;
  constructor(raw: Readonly<Record<string, unknown>>, type: CelType) {
    super();
    this.raw = raw;
    this.type = type;
  }
  get size(): number {
    return Object.keys(this.raw).length;
  }
  get(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    const { fields, params } = this.type;
    const field = fields?.get(key);
    if (fields && !field) return undefined;
    const name = field?.name ?? key;
    if (!Object.hasOwn(this.raw, name)) return undefined;
    const value = this.raw[name];
    return value === undefined ? undefined : fromJson(value, field?.type ?? params?.[1] ?? DYN);
  }
  *keys(): Iterable<Value> {
    const { fields } = this.type;
    if (!fields) yield* Object.keys(this.raw);
    else for (const [name, field] of fields) if (Object.hasOwn(this.raw, field.name)) yield name;
  }
}

export type Value =
  | bigint
  | number
  | string
  | boolean
  | null
  | Uint
  | Timestamp
  | Duration
  | Buffer
  | Optional
  | TypeValue
  | Opaque
  | List
  | Mapping;

/** Reads JSON as `type` says; where it says nothing, whole numbers are of type int. */
export function fromJson(raw: unknown, type: CelType = DYN): Value {
  if (typeof raw === 'string') return type.name === 'string' || type.name === 'dyn' ? raw : (READERS[type.name]?.(raw) ?? raw);
  if (typeof raw === 'number') return type.name === 'double' || !Number.isInteger(raw) ? raw : BigInt(raw);
  if (typeof raw === 'boolean') return raw;
  if (raw === null || raw === undefined) return null;
  if (Array.isArray(raw)) return new JsonList(raw, type);
  return new JsonMap(raw as Record<string, unknown>, type);
}

const READERS: Record<string, (text: string) => Value | undefined> = {
  bytes: (text) => Buffer.from(text, 'base64'),
  'google.protobuf.Timestamp': (text) => parseTimestamp(text),
  'google.protobuf.Duration': (text) => parseDuration(text),
};

const RFC3339 = /^(\d{4}-\d\d-\d\d)(?:[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d))?$/;

/** RFC 3339, or a date alone; undefined: neither. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] = RFC3339.exec(text) ?? [];
  if (!date) return undefined;
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : new Timestamp(BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')));
}

const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Go's: `1h30m`, `1.5s`; undefined: none. */
export function parseDuration(text: string): Duration | undefined {
  const match = /^([-+]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (!match) return text === '0' ? new Duration(0n) : undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|ms|s|m|h)/g)) {
    const scale = UNITS[unit] ?? 0n;
    total += BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
  }
  return new Duration(match[1] === '-' ? -total : total);
}

/** Seconds, as CEL writes a duration: `90s`, `1.5s`. */
export function durationText({ ns }: Duration): string {
  const whole = ns / 1_000_000_000n;
  const rest = (ns < 0n ? -ns : ns) % 1_000_000_000n;
  const sign = ns < 0n && whole === 0n ? '-' : '';
  return `${sign}${whole}${rest ? `.${String(rest).padStart(9, '0').replace(/0+$/, '')}` : ''}s`;
}

export function timestampText({ ns }: Timestamp): string {
  const ms = ns / 1_000_000n - (ns < 0n && ns % 1_000_000n !== 0n ? 1n : 0n);
  const rest = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const text = dateOf(ms).toISOString().slice(0, 19);
  return `${text}${rest ? `.${String(rest).padStart(9, '0').replace(/0+$/, '')}` : ''}Z`;
}

export const dateOf = (ms: bigint): Date => new Date(Number(ms));

/** The name that `type()` gives. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Opaque) return value.type.name;
  if (value instanceof List) return 'list';
  return value instanceof Mapping ? (value instanceof JsonMap && value.type.fields ? value.type.name : 'map') : 'bytes';
}

/** Whether a value may be given where a parameter has this type; what lists and maps hold is not looked at. */
export function isOfType(value: Value, type: CelType): boolean {
  if (type.name === 'dyn' || type.name.length === 1) return true;
  if (type.name === 'map') return value instanceof Mapping;
  return typeNameOf(value) === type.name;
}

/** Back to JSON: what a policy makes of an object. */
export function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof JsonList || value instanceof JsonMap) return value.raw;
  if (value instanceof List) return [...value].map(toJson);
  if (value instanceof Mapping) return Object.fromEntries([...value.keys()].map((key) => [String(key), toJson(value.get(key) ?? null)]));
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (value instanceof Optional) return value.value === undefined ? null : toJson(value.value);
  if (value instanceof Opaque || value instanceof TypeValue) return String(value);
  return value;
}

export function fieldOf(of: Mapping, field: string): Value {
  const value = of.get(field);
  if (value === undefined) throw noSuchKey(field);
  return value;
}
