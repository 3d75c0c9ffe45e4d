/** Kubernetes' amounts: `quantity('1.5Gi').isGreaterThan(quantity('500M'))`. */
import { parseQuantity, type Quantity, QuantityError } from '../../../types/quantity.ts';
import { CelError } from '../fault.ts';
import { type Library, overload } from '../function.ts';
import { opaque } from '../type.ts';
import { Opaque, type Value } from '../value.ts';

const QUANTITY = opaque('kubernetes.Quantity');
const NANO = 1_000_000_000n;
const MAX = 2n ** 63n - 1n;

class Amount {
  readonly nano: bigint;
  constructor(nano: bigint) {
    this.nano = nano;
  }
  toString(): string {
    return String(this.nano);
  }
}

const made = (nano: bigint): Value => new Opaque(QUANTITY, new Amount(nano));
const nanoOf = (value: Value | undefined) => (value as Opaque<Amount>).value.nano;

function parsed(text: string): Quantity | undefined {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

function quantityOf(text: string): Value {
  try {
    return made(parseQuantity(text).nano);
  } catch (error) {
    throw new CelError((error as Error).message);
  }
}

const isInteger = (nano: bigint) => nano % NANO === 0n && nano / NANO <= MAX && nano / NANO >= -MAX - 1n;

function asInteger(nano: bigint): bigint {
  if (!isInteger(nano)) throw new CelError('cannot convert value to integer');
  return nano / NANO;
}

export const quantities = (): Library => [
  overload('quantity(string): kubernetes.Quantity', ([a]) => quantityOf(a as string)),
  overload('isQuantity(string): bool', ([a]) => parsed(a as string) !== undefined),
  overload('kubernetes.Quantity.sign(): int', ([a]) => (nanoOf(a) > 0n ? 1n : nanoOf(a) < 0n ? -1n : 0n)),
  overload('kubernetes.Quantity.isInteger(): bool', ([a]) => isInteger(nanoOf(a))),
  overload('kubernetes.Quantity.asInteger(): int', ([a]) => asInteger(nanoOf(a))),
  overload('kubernetes.Quantity.asApproximateFloat(): double', ([a]) => Number(nanoOf(a)) / 1e9),
  overload('kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool', ([a, b]) => nanoOf(a) > nanoOf(b)),
  overload('kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool', ([a, b]) => nanoOf(a) < nanoOf(b)),
  overload('kubernetes.Quantity.compareTo(kubernetes.Quantity): int', ([a, b]) => order(nanoOf(a), nanoOf(b))),
  overload('kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity', ([a, b]) => made(nanoOf(a) + nanoOf(b))),
  overload('kubernetes.Quantity.add(int): kubernetes.Quantity', ([a, b]) => made(nanoOf(a) + (b as bigint) * NANO)),
  overload('kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity', ([a, b]) => made(nanoOf(a) - nanoOf(b))),
  overload('kubernetes.Quantity.sub(int): kubernetes.Quantity', ([a, b]) => made(nanoOf(a) - (b as bigint) * NANO)),
];

const order = (a: bigint, b: bigint) => (a < b ? -1n : a > b ? 1n : 0n);
