/** The types of CEL: what the checker reasons about, and what a value of JSON is read as. */

export interface CelType {
  /** `int`, `list`, `Object.spec`; of a type parameter: its letter. */
  name: string;
  /** Of `list`, `map`, `optional_type` and `type`. */
  params?: readonly CelType[];
  /** Of an object whose fields are known, by their names in CEL (`__dot__` and so on are escaped). */
  fields?: ReadonlyMap<string, Field>;
  /** Of an object any of whose fields may be set, to anything. */
  open?: boolean;
  /** Of a list that is a set or a map: its order says nothing. */
  listType?: 'set' | 'map';
  /** Of a list that is a map. */
  keys?: readonly string[];
}

export interface Field {
  /** As JSON has it. */
  name: string;
  type: CelType;
}

const simple = (name: string): CelType => ({ name });

export const DYN = simple('dyn');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const BOOL = simple('bool');
export const NULL = simple('null_type');
export const TIMESTAMP = simple('google.protobuf.Timestamp');
export const DURATION = simple('google.protobuf.Duration');

export const listOf = (element: CelType): CelType => ({ name: 'list', params: [element] });
export const mapOf = (key: CelType, value: CelType): CelType => ({ name: 'map', params: [key, value] });
export const optionalOf = (value: CelType): CelType => ({ name: 'optional_type', params: [value] });
export const typeOf = (of: CelType): CelType => ({ name: 'type', params: [of] });
export const opaque = simple;

export function objectType(name: string, fields: Record<string, CelType>): CelType {
  return { name, fields: new Map(Object.entries(fields).map(([field, type]) => [field, { name: field, type }])) };
}

export const LIST = listOf(DYN);
export const MAP = mapOf(DYN, DYN);

export const isParameter = ({ name }: CelType) => name.length === 1;

const SHOWN: Record<string, string> = {
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  null_type: 'null',
};

/** As cel-go's messages show a type: `map(string, list(int))`. */
export function typeText({ name, params }: CelType): string {
  const shown = SHOWN[name] ?? name;
  return params?.length ? `${shown}(${params.map(typeText).join(', ')})` : shown;
}

/** Type parameters that are settled, by their letters. */
export type Bindings = Map<string, CelType>;

/** Whether a value of `given` may stand where `wanted` is asked for. Settles the parameters of `wanted`. */
export function assignable(wanted: CelType, given: CelType, bindings?: Bindings): boolean {
  if (given.name === 'dyn' || wanted.name === 'dyn') return true;
  if (isParameter(wanted) && bindings) {
    const bound = bindings.get(wanted.name);
    if (!bound || (assignable(given, bound) && !mentionsDyn(given))) {
      bindings.set(wanted.name, given);
      return true;
    }
    return assignable(bound, given);
  }
  if (given.name === 'null_type') return wanted.name === 'null_type' || wanted.fields !== undefined || OPTIONAL_WHEN_NULL.has(wanted.name);
  if (wanted.name === 'type' && given.name === 'type') return true;
  if (wanted.name !== given.name || (wanted.fields && given.fields && wanted.fields !== given.fields)) return false;
  return (wanted.params ?? []).every((param, i) => assignable(param, given.params?.[i] ?? DYN, bindings));
}

/** Types whose values may be null, as protobuf's messages may. */
const OPTIONAL_WHEN_NULL = new Set(['google.protobuf.Timestamp', 'google.protobuf.Duration', 'optional_type']);

const mentionsDyn = (type: CelType): boolean => type.name === 'dyn' || (type.params?.some(mentionsDyn) ?? false);

/** The type that holds the values of both, where there is one. */
export function joined(a: CelType, b: CelType): CelType | undefined {
  if (mentionsDyn(a) && assignable(b, a)) return b.name === 'dyn' ? a : b;
  if (assignable(a, b)) return a;
  return assignable(b, a) ? b : undefined;
}

/** The type with the parameters put in; one that nothing settled is anything. */
export function substitute(type: CelType, bindings: Bindings): CelType {
  if (isParameter(type)) return bindings.get(type.name) ?? DYN;
  if (!type.params) return type;
  return { ...type, params: type.params.map((param) => substitute(param, bindings)) };
}

export function sameType(a: CelType, b: CelType): boolean {
  return a.name === b.name && a.fields === b.fields && (a.params ?? []).every((param, i) => sameType(param, b.params?.[i] ?? DYN));
}
