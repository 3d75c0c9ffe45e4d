/** Equality and order, across the number types too. */
import { Duration, List, Mapping, Opaque, Optional, Timestamp, TypeValue, Uint, type Value } from './value.ts';

export type Charge = (cost: number) => void;

const isNumber = (value: Value): value is bigint | number | Uint =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;

const plain = (value: bigint | number | Uint): bigint | number => (value instanceof Uint ? value.value : value);

/** JavaScript orders a bigint and a number by what they are worth. */
const sameNumber = (a: bigint | number, b: bigint | number) => a <= b && a >= b;

/** Values of different types are unequal, but for numbers. `charge` is told what was looked at. */
export function equalValues(a: Value, b: Value, charge: Charge): boolean {
  if (a === b) return true;
  if (isNumber(a)) return isNumber(b) && sameNumber(plain(a), plain(b));
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return false;
  if (a instanceof List) return b instanceof List && equalLists(a, b, charge);
  if (a instanceof Mapping) return b instanceof Mapping && equalMaps(a, b, charge);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.ns === b.ns;
  if (a instanceof Duration) return b instanceof Duration && a.ns === b.ns;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (Buffer.isBuffer(a)) return Buffer.isBuffer(b) && a.equals(b);
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    return a.value === undefined || b.value === undefined ? a.value === b.value : equalValues(a.value, b.value, charge);
  }
  return a instanceof Opaque && b instanceof Opaque && a.type.name === b.type.name && String(a.value) === String(b.value);
}

function equalLists(a: List, b: List, charge: Charge): boolean {
  if (a.size !== b.size) return false;
  if (a.type?.listType || b.type?.listType) return equalUnordered(a, b, charge);
  for (let i = 0; i < a.size; i++) {
    charge(0.1);
    if (!equalValues(a.at(i), b.at(i), charge)) return false;
  }
  return true;
}

function equalUnordered(a: List, b: List, charge: Charge): boolean {
  for (const one of a) if (!contains(b, one, charge)) return false;
  return true;
}

export function contains(list: List, wanted: Value, charge: Charge): boolean {
  for (let i = 0; i < list.size; i++) {
    charge(0.1);
    if (equalValues(list.at(i), wanted, charge)) return true;
  }
  return false;
}

function equalMaps(a: Mapping, b: Mapping, charge: Charge): boolean {
  if (a.size !== b.size) return false;
  for (const key of a.keys()) {
    charge(0.1);
    const other = b.get(key);
    if (other === undefined || !equalValues(a.get(key) as Value, other, charge)) return false;
  }
  return true;
}

/** Negative, 0, positive; undefined: these two have no order. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (isNumber(a) && isNumber(b)) return order(plain(a), plain(b));
  if (typeof a === 'string' && typeof b === 'string') return order(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return order(a.ns, b.ns);
  if (a instanceof Duration && b instanceof Duration) return order(a.ns, b.ns);
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return a.compare(b);
  return undefined;
}

const order = <T extends bigint | number | string>(a: T | bigint | number, b: T | bigint | number) => (a < b ? -1 : a > b ? 1 : 0);
