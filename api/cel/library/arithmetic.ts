/** Operators of numbers, texts, lists and times; whole numbers have 64 bits and never wrap. */
import { compareValues } from '../equal.ts';
import { CelError } from '../fault.ts';
import { type Library, type Overload, overload } from '../function.ts';
import { Duration, type List, Timestamp, Uint, type Value, ValueList } from '../value.ts';

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

export function checkedInt(value: bigint): bigint {
  if (value > MAX || value < MIN) throw new CelError('integer overflow');
  return value;
}

export function checkedUint(value: bigint): Uint {
  if (value < 0n || value >= 2n ** 64n) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

const ns = (value: Value | undefined) => (value as Timestamp | Duration).ns;
const duration = (value: bigint) => new Duration(checkedInt(value));

type Whole = (a: bigint, b: bigint) => bigint;

const divided =
  (by: Whole, fault: string): Whole =>
  (a, b) => {
    if (b === 0n) throw new CelError(fault);
    return by(a, b);
  };

/** For int and uint. */
const whole = (operator: string, by: Whole): Overload[] => [
  overload(`${operator}(int, int): int`, ([a, b]) => checkedInt(by(a as bigint, b as bigint))),
  overload(`${operator}(uint, uint): uint`, ([a, b]) => checkedUint(by((a as Uint).value, (b as Uint).value))),
];

const floating = (operator: string, by: (a: number, b: number) => number): Overload =>
  overload(`${operator}(double, double): double`, ([a, b]) => by(a as number, b as number));

const COMPARED = ['int', 'uint', 'double', 'string', 'bytes', 'bool', 'timestamp', 'duration'];
const NUMBERS = ['int', 'uint', 'double'];

/** The checker's; the compiler has its own way of running them. */
function signatures(): Overload[] {
  const list: Overload[] = [];
  const never = () => false;
  for (const operator of ['_<_', '_<=_', '_>_', '_>=_']) {
    for (const type of COMPARED)
      list.push(overload(`${operator}(${type}, ${type}): bool`, ([a, b]) => compareValues(a as Value, b as Value) === 0));
    for (const a of NUMBERS) for (const b of NUMBERS) if (a !== b) list.push(overload(`${operator}(${a}, ${b}): bool`, never));
  }
  return [
    ...list,
    ...['_==_(A, A): bool', '_!=_(A, A): bool', '_&&_(bool, bool): bool', '_||_(bool, bool): bool', '!_(bool): bool'].map((one) =>
      overload(one, never),
    ),
    ...['_?_:_(bool, A, A): A', '@in(A, list(A)): bool', '@in(A, map(A, B)): bool', '_[_](list(A), int): A', '_[_](map(A, B), A): B'].map(
      (one) => overload(one, never),
    ),
    ...['_[_](optional_type(list(A)), int): optional_type(A)', '_[_](optional_type(map(A, B)), A): optional_type(B)'].map((one) =>
      overload(one, never),
    ),
    ...['_[?_](list(A), int): optional_type(A)', '_[?_](map(A, B), A): optional_type(B)'].map((one) => overload(one, never)),
    ...['_[?_](optional_type(list(A)), int): optional_type(A)', '_[?_](optional_type(map(A, B)), A): optional_type(B)'].map((one) =>
      overload(one, never),
    ),
  ];
}

export const arithmetic = (): Library => [
  ...signatures(),
  ...whole('_+_', (a, b) => a + b),
  ...whole('_-_', (a, b) => a - b),
  ...whole('_*_', (a, b) => a * b),
  ...whole(
    '_/_',
    divided((a, b) => a / b, 'division by zero'),
  ),
  ...whole(
    '_%_',
    divided((a, b) => a % b, 'modulus by zero'),
  ),
  floating('_+_', (a, b) => a + b),
  floating('_-_', (a, b) => a - b),
  floating('_*_', (a, b) => a * b),
  floating('_/_', (a, b) => a / b),
  overload('-_(int): int', ([a]) => checkedInt(-(a as bigint))),
  overload('-_(double): double', ([a]) => -(a as number)),
  overload('_+_(string, string): string', ([a, b], charge) => {
    charge(((a as string).length + (b as string).length) / 10);
    return `${a}${b}`;
  }),
  overload('_+_(bytes, bytes): bytes', ([a, b]) => Buffer.concat([a as Buffer, b as Buffer])),
  overload('_+_(list(A), list(A)): list(A)', ([a, b], charge) => {
    charge(((a as List).size + (b as List).size) / 10);
    return new ValueList([...(a as List), ...(b as List)]);
  }),
  overload('_+_(timestamp, duration): timestamp', ([a, b]) => new Timestamp(ns(a) + ns(b))),
  overload('_+_(duration, timestamp): timestamp', ([a, b]) => new Timestamp(ns(a) + ns(b))),
  overload('_+_(duration, duration): duration', ([a, b]) => duration(ns(a) + ns(b))),
  overload('_-_(timestamp, duration): timestamp', ([a, b]) => new Timestamp(ns(a) - ns(b))),
  overload('_-_(timestamp, timestamp): duration', ([a, b]) => duration(ns(a) - ns(b))),
  overload('_-_(duration, duration): duration', ([a, b]) => duration(ns(a) - ns(b))),
];
