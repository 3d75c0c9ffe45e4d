/** Values of JSON: copied, compared, set and shown without ever touching a prototype. */

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets an own property, `__proto__` too. */
export function put(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

export const has = (object: JsonObject, key: string) => Object.hasOwn(object, key);

export const getOwn = (object: JsonObject, key: string): unknown => (has(object, key) ? object[key] : undefined);

/** A deep copy; several times faster than structuredClone, since JSON holds no cycles and no classes. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const made: JsonObject = {};
  for (const key of Object.keys(value)) put(made, key, copy((value as JsonObject)[key]));
  return made as T;
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => equal(one, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => has(b, key) && equal(a[key], b[key]));
}

/** As Go's `%v` shows it, which is what messages about patches hold: `map[image:q name:q]`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`);
  return `map[${entries.join(' ')}]`;
}
