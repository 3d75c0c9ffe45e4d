/** Values that may be missing (cel-go's optional types). */
import { CelError } from '../fault.ts';
import { type Library, overload, spacedOverload } from '../function.ts';
import { Duration, List, Mapping, NONE, Optional, Timestamp, Uint, type Value, ValueList } from '../value.ts';

const some = (value: Value | undefined) => value as Optional;

function isZero(value: Value): boolean {
  if (value instanceof List || value instanceof Mapping) return value.size === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Timestamp || value instanceof Duration) return value.ns === 0n;
  if (Buffer.isBuffer(value)) return value.length === 0;
  return value === null || value === 0n || value === 0 || value === '' || value === false;
}

export const optionals = (): Library => [
  spacedOverload('optional.of(A): optional_type(A)', ([a]) => new Optional(a)),
  spacedOverload('optional.ofNonZeroValue(A): optional_type(A)', ([a]) => (isZero(a as Value) ? NONE : new Optional(a))),
  spacedOverload('optional.none(): optional_type(A)', () => NONE),
  overload('optional_type(A).hasValue(): bool', ([a]) => some(a).value !== undefined),
  overload('optional_type(A).value(): A', ([a]) => {
    const { value } = some(a);
    if (value === undefined) throw new CelError('optional.none() dereference');
    return value;
  }),
  overload('optional_type(A).or(optional_type(A)): optional_type(A)', ([a, b]) => (some(a).value === undefined ? some(b) : some(a))),
  overload('optional_type(A).orValue(A): A', ([a, b]) => some(a).value ?? (b as Value)),
  overload('list(optional_type(A)).unwrap(): list(A)', ([a]) => unwrapped(a as List)),
  overload('list(optional_type(A)).unwrapOpt(): list(A)', ([a]) => unwrapped(a as List)),
  overload('list(A).first(): optional_type(A)', ([a]) => at(a as List, 0)),
  overload('list(A).last(): optional_type(A)', ([a]) => at(a as List, (a as List).size - 1)),
];

const at = (list: List, index: number) => (list.size === 0 ? NONE : new Optional(list.at(index)));

function unwrapped(list: List): List {
  const values: Value[] = [];
  for (const one of list) if (one instanceof Optional && one.value !== undefined) values.push(one.value);
  return new ValueList(values);
}
