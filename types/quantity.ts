/**
 * Amounts of resources (`100m`, `1.5Gi`, `2e3`), exactly as k8s.io/apimachinery/pkg/api/resource.Quantity: kept as whole nano-units in a
 * BigInt, written in canonical form. Schedulers count in milli-units and bytes: `milliValue` and `wholeValue` are fast and give numbers.
 */

export type QuantityFormat = 'decimalSI' | 'decimalExponent' | 'binarySI';

export interface Quantity {
  /** In units of 10^-9. */
  nano: bigint;
  format: QuantityFormat;
  /** How it was written, where that is what Kubernetes writes again. */
  text?: string;
}

export class QuantityError extends Error {
  override name = 'QuantityError';
}

const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG = "unable to parse quantity's suffix";

const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const NANO = 1_000_000_000n;
const MAX_BINARY = (2n ** 63n - 1n) * NANO;

/** Throws `QuantityError` with Kubernetes' message. A JSON number is read as its text. */
export function parseQuantity(input: string | number): Quantity {
  const text = String(input);
  if (text === '0') return { nano: 0n, format: 'decimalSI', text };
  const match = /^([+-]?)(\d*)(?:(\.)(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  if (!match || text === '') throw new QuantityError(FORMAT_WRONG);
  const [, sign = '', digits = '', , fraction = '', suffix = ''] = match;
  const { base, exponent, format } = interpretSuffix(suffix);
  const whole = digits.replace(/^0+/, '');
  const shifted = `${whole || '0'}${fraction}`;
  const quantity: Quantity = { nano: 0n, format };
  let nano: bigint;
  if (base === 2) {
    nano = divideUp(BigInt(shifted) * 2n ** BigInt(exponent) * NANO, 10n ** BigInt(fraction.length));
    if (nano > MAX_BINARY) nano = MAX_BINARY;
    if (nano > 0n && nano < NANO) quantity.format = 'decimalSI';
    if (fraction === '' && exponent % 10 === 0 && (BigInt(shifted) & 7n) !== 0n && fits(shifted, exponent)) quantity.text = text;
  } else {
    const scale = exponent - fraction.length;
    nano = scale >= -9 ? BigInt(shifted) * 10n ** BigInt(scale + 9) : divideUp(BigInt(shifted), 10n ** BigInt(-9 - scale));
    const canonical = scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0') && shifted.length <= 18 && scale >= -9;
    if (canonical) quantity.text = text;
  }
  quantity.nano = sign === '-' ? -nano : nano;
  return quantity;
}

/** Kubernetes keeps the text only where its fast path holds: the digits and the power of two within an int64. */
function fits(digits: string, exponent: number): boolean {
  return 15 - digits.length - Math.trunc((exponent * 3) / 10) - 1 >= 0;
}

function interpretSuffix(suffix: string): { base: 2 | 10; exponent: number; format: QuantityFormat } {
  const decimal = DECIMAL[suffix];
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'decimalSI' };
  const binary = BINARY[suffix];
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'binarySI' };
  const power = /^[eE]([-+]?\d+)$/.exec(suffix)?.[1];
  if (power === undefined) throw new QuantityError(SUFFIX_WRONG);
  const exponent = Number(power);
  // Beyond what any quantity can hold; refused before BigInt makes a number of that many digits.
  if (Math.abs(exponent) > 1000) throw new QuantityError(SUFFIX_WRONG);
  return { base: 10, exponent, format: 'decimalExponent' };
}

/** Whoever asks for a little gets a little: what is below a nano is rounded away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** Canonical form: no fraction, the largest suffix that loses nothing. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  const { nano } = quantity;
  if (nano === 0n) return '0';
  if (quantity.format === 'binarySI' && nano % NANO === 0n && (nano >= 1024n * NANO || nano <= -1024n * NANO)) {
    return formatBinary(nano / NANO);
  }
  let mantissa = nano;
  let exponent = -9;
  const top = quantity.format === 'decimalExponent' ? Number.POSITIVE_INFINITY : 18;
  while (exponent < top && mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  if (quantity.format === 'decimalExponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${DECIMAL_SUFFIXES[exponent / 3 + 3]}`;
}

function formatBinary(value: bigint): string {
  let mantissa = value;
  let power = 0;
  while (power < BINARY_SUFFIXES.length - 1 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    power++;
  }
  return `${mantissa}${BINARY_SUFFIXES[power]}`;
}

/** `1500m` for `1.5`. Throws `QuantityError`. */
export function canonicalQuantity(input: string | number): string {
  return formatQuantity(parseQuantity(input));
}

/** Below, at or above zero as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: string | number, b: string | number): number {
  const left = parseQuantity(a).nano;
  const right = parseQuantity(b).nano;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The sum in canonical form, in the format of `a` unless `a` is zero (then of `b`), as resource.Quantity.Add does. */
export function addQuantities(a: string | number, b: string | number): string {
  return combine(a, b, (x, y) => x + y);
}

/** The difference in canonical form; may be negative. */
export function subtractQuantities(a: string | number, b: string | number): string {
  return combine(a, b, (x, y) => x - y);
}

function combine(a: string | number, b: string | number, operation: (x: bigint, y: bigint) => bigint): string {
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  const format = left.nano === 0n ? right.format : left.format;
  return formatQuantity({ nano: operation(left.nano, right.nano), format });
}

const FAST = /^(\d{1,12})(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;
const MILLIS: Record<string, number> = {
  m: 1,
  '': 1000,
  k: 1e6,
  M: 1e9,
  G: 1e12,
  T: 1e15,
  Ki: 1024e3,
  Mi: 1024 ** 2 * 1e3,
  Gi: 1024 ** 3 * 1e3,
  Ti: 1024 ** 4 * 1e3,
};

/** In thousandths, rounded up, as a number (exact up to 2^53; CPU is counted so). Throws `QuantityError`. */
export function milliValue(input: string | number): number {
  const match = typeof input === 'string' ? FAST.exec(input) : null;
  if (match) {
    const value = Number(match[1]) * (MILLIS[match[2] ?? ''] ?? 0);
    if (value <= Number.MAX_SAFE_INTEGER) return value;
  }
  return Number(roundUp(parseQuantity(input).nano, 1_000_000n));
}

/** In whole units, rounded up, as a number (exact up to 2^53; bytes and counts). Throws `QuantityError`. */
export function wholeValue(input: string | number): number {
  const match = typeof input === 'string' ? FAST.exec(input) : null;
  if (match) {
    const value = Number(match[1]) * (MILLIS[match[2] ?? ''] ?? 0);
    if (value <= Number.MAX_SAFE_INTEGER) return Math.ceil(value / 1000);
  }
  return Number(roundUp(parseQuantity(input).nano, NANO));
}

/** Away from zero, as Quantity.Value and MilliValue round. */
function roundUp(value: bigint, by: bigint): bigint {
  if (value >= 0n) return divideUp(value, by);
  return -divideUp(-value, by);
}

/** From a number of thousandths: `1500` is `1500m`, `2000` is `2`. */
export function fromMilli(milli: number): string {
  return formatQuantity({ nano: BigInt(Math.round(milli)) * 1_000_000n, format: 'decimalSI' });
}

/** From whole bytes in binary suffixes: `1073741824` is `1Gi`. */
export function fromBytes(bytes: number): string {
  return formatQuantity({ nano: BigInt(Math.round(bytes)) * NANO, format: 'binarySI' });
}
