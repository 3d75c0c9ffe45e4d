/** Lists and sets: Kubernetes' `sum`, `min`, `max`, `isSorted`, `indexOf`, and cel-go's lists and sets extensions. */
import { type Charge, compareValues, contains, equalValues } from '../equal.ts';
import { CelError, noSuchOverload } from '../fault.ts';
import { type Library, overload, spacedOverload } from '../function.ts';
import { Duration, List, Uint, type Value, ValueList } from '../value.ts';
import { checkedInt, checkedUint } from './arithmetic.ts';

const list = (value: Value | undefined) => value as List;

function isSorted(values: List): boolean {
  let before: Value | undefined;
  for (const value of values) {
    if (before !== undefined) {
      const order = compareValues(before, value);
      if (order === undefined) throw noSuchOverload();
      if (order > 0) return false;
    }
    before = value;
  }
  return true;
}

function sum(values: List, zero: Value): Value {
  let total: Value | undefined;
  for (const value of values) total = total === undefined ? value : added(total, value);
  return total ?? zero;
}

function added(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return checkedInt(a + b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof Uint && b instanceof Uint) return checkedUint(a.value + b.value);
  if (a instanceof Duration && b instanceof Duration) return new Duration(checkedInt(a.ns + b.ns));
  throw noSuchOverload();
}

function extreme(values: List, sign: number, name: string): Value {
  let best: Value | undefined;
  for (const value of values) {
    const order = best === undefined ? -1 : compareValues(value, best);
    if (order === undefined) throw noSuchOverload();
    if (best === undefined || order * sign < 0) best = value;
  }
  if (best === undefined) throw new CelError(`${name} called on empty list`);
  return best;
}

function position(values: List, wanted: Value, charge: Charge, last: boolean): bigint {
  for (let n = 0; n < values.size; n++) {
    const i = last ? values.size - 1 - n : n;
    charge(0.1);
    if (equalValues(values.at(i), wanted, charge)) return BigInt(i);
  }
  return -1n;
}

const within = (inner: List, outer: List, charge: Charge) => [...inner].every((one) => contains(outer, one, charge));

function distinct(values: List, charge: Charge): List {
  const kept: Value[] = [];
  for (const value of values) if (!contains(new ValueList(kept), value, charge)) kept.push(value);
  return new ValueList(kept);
}

function flattened(values: List, depth: bigint): Value[] {
  return [...values].flatMap((value) => (value instanceof List && depth > 0n ? flattened(value, depth - 1n) : [value]));
}

function sorted(values: List): List {
  const items = [...values];
  return new ValueList(
    items.sort((a, b) => {
      const order = compareValues(a, b);
      if (order === undefined) throw new CelError('list elements must have the same type');
      return order;
    }),
  );
}

function slice(values: List, from: bigint, to: bigint): List {
  if (from < 0n || to < 0n) throw new CelError(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to) throw new CelError(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (to > BigInt(values.size)) throw new CelError(`cannot slice(${from}, ${to}), list is length ${values.size}`);
  return new ValueList([...values].slice(Number(from), Number(to)));
}

const ORDERED = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const ZERO: Record<string, Value> = { int: 0n, uint: new Uint(0n), double: 0, duration: new Duration(0n) };

export const lists = (): Library => [
  ...ORDERED.flatMap((type) => [
    overload(`list(${type}).isSorted(): bool`, ([a]) => isSorted(list(a))),
    overload(`list(${type}).min(): ${type}`, ([a]) => extreme(list(a), 1, 'min')),
    overload(`list(${type}).max(): ${type}`, ([a]) => extreme(list(a), -1, 'max')),
    overload(`list(${type}).sort(): list(${type})`, ([a]) => sorted(list(a))),
  ]),
  ...Object.entries(ZERO).map(([type, zero]) => overload(`list(${type}).sum(): ${type}`, ([a]) => sum(list(a), zero))),
  overload('list(A).indexOf(A): int', ([a, b], charge) => position(list(a), b as Value, charge, false)),
  overload('list(A).lastIndexOf(A): int', ([a, b], charge) => position(list(a), b as Value, charge, true)),
  overload('list(A).distinct(): list(A)', ([a], charge) => distinct(list(a), charge)),
  overload('list(A).reverse(): list(A)', ([a]) => new ValueList([...list(a)].reverse())),
  overload('list(A).flatten(): list(dyn)', ([a]) => new ValueList(flattened(list(a), 1n))),
  overload('list(A).flatten(int): list(dyn)', ([a, b]) => new ValueList(flattened(list(a), b as bigint))),
  overload('list(A).slice(int, int): list(A)', ([a, b, c]) => slice(list(a), b as bigint, c as bigint)),
  spacedOverload('lists.range(int): list(int)', ([a], charge) => {
    charge(Number(a as bigint));
    return new ValueList(Array.from({ length: Number(a as bigint) }, (_, i) => BigInt(i)));
  }),
  spacedOverload('sets.contains(list(A), list(A)): bool', ([a, b], charge) => within(list(b), list(a), charge)),
  spacedOverload(
    'sets.equivalent(list(A), list(A)): bool',
    ([a, b], charge) => within(list(a), list(b), charge) && within(list(b), list(a), charge),
  ),
  spacedOverload('sets.intersects(list(A), list(A)): bool', ([a, b], charge) => [...list(a)].some((one) => contains(list(b), one, charge))),
];
