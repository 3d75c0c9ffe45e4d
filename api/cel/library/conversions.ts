/** `int("1")`, `string(1.5)`, `type(x)`, `size(x)`. */
import { CelError } from '../fault.ts';
import { type Library, overload } from '../function.ts';
import {
  type Duration,
  dateOf,
  durationText,
  type List,
  type Mapping,
  parseDuration,
  parseTimestamp,
  Timestamp,
  TypeValue,
  timestampText,
  typeNameOf,
  type Uint,
  type Value,
} from '../value.ts';
import { checkedInt, checkedUint } from './arithmetic.ts';

const SECOND = 1_000_000_000n;
const RANGE = 2 ** 63;

function truncated(value: number): bigint {
  if (Number.isNaN(value) || Math.abs(value) >= RANGE) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

function parseWhole(text: string, parser: string): bigint {
  if (!/^[-+]?\d+$/.test(text)) throw new CelError(`strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`);
  return BigInt(text.replace(/^\+/, ''));
}

function parseDouble(text: string): number {
  if (!/^[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|infinity|nan)$/i.test(text)) {
    throw new CelError(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}

/** As Go writes a float without needless digits: `1`, `0.1`, `1e+21`. */
export function doubleText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new CelError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function utf8(bytes: Buffer): string {
  const text = bytes.toString();
  if (!Buffer.from(text).equals(bytes)) throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  return text;
}

function timestampFrom(text: string): Timestamp {
  const found = /T/i.test(text) ? parseTimestamp(text) : undefined;
  if (!found) throw new CelError("type conversion error from 'string' to 'google.protobuf.Timestamp'");
  return found;
}

function durationFrom(text: string): Duration {
  const found = parseDuration(text);
  if (!found) throw new CelError("type conversion error from 'string' to 'google.protobuf.Duration'");
  return found;
}

export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

const length = (value: Value | undefined): bigint => {
  if (typeof value === 'string') return BigInt(codePoints(value));
  return BigInt(Buffer.isBuffer(value) ? value.length : (value as List | Mapping).size);
};

const SIZED = ['string', 'bytes', 'list(A)', 'map(A, B)'];

export const conversions = (): Library => [
  ...SIZED.flatMap((type) => [overload(`size(${type}): int`, ([a]) => length(a)), overload(`${type}.size(): int`, ([a]) => length(a))]),
  overload('int(int): int', ([a]) => a as bigint),
  overload('int(uint): int', ([a]) => checkedInt((a as Uint).value)),
  overload('int(double): int', ([a]) => truncated(a as number)),
  overload('int(string): int', ([a]) => checkedInt(parseWhole(a as string, 'ParseInt'))),
  overload('int(timestamp): int', ([a]) => (a as Timestamp).ns / SECOND),
  overload('int(duration): int', ([a]) => (a as Duration).ns),
  overload('uint(uint): uint', ([a]) => a as Uint),
  overload('uint(int): uint', ([a]) => checkedUint(a as bigint)),
  overload('uint(double): uint', ([a]) => checkedUint(truncated(a as number))),
  overload('uint(string): uint', ([a]) => checkedUint(parseWhole(a as string, 'ParseUint'))),
  overload('double(double): double', ([a]) => a as number),
  overload('double(int): double', ([a]) => Number(a as bigint)),
  overload('double(uint): double', ([a]) => Number((a as Uint).value)),
  overload('double(string): double', ([a]) => parseDouble(a as string)),
  overload('string(string): string', ([a]) => a as string),
  overload('string(bool): string', ([a]) => String(a)),
  overload('string(int): string', ([a]) => String(a)),
  overload('string(uint): string', ([a]) => String((a as Uint).value)),
  overload('string(double): string', ([a]) => doubleText(a as number)),
  overload('string(bytes): string', ([a]) => utf8(a as Buffer)),
  overload('string(timestamp): string', ([a]) => timestampText(a as Timestamp)),
  overload('string(duration): string', ([a]) => durationText(a as Duration)),
  overload('bytes(bytes): bytes', ([a]) => a as Buffer),
  overload('bytes(string): bytes', ([a]) => Buffer.from(a as string)),
  overload('bool(bool): bool', ([a]) => a as boolean),
  overload('bool(string): bool', ([a]) => parseBool(a as string)),
  overload('timestamp(timestamp): timestamp', ([a]) => a as Timestamp),
  overload('timestamp(string): timestamp', ([a]) => timestampFrom(a as string)),
  overload('timestamp(int): timestamp', ([a]) => new Timestamp((a as bigint) * SECOND)),
  overload('duration(duration): duration', ([a]) => a as Duration),
  overload('duration(string): duration', ([a]) => durationFrom(a as string)),
  overload('dyn(A): dyn', ([a]) => a as Value),
  overload('type(A): type(A)', ([a]) => new TypeValue(typeNameOf(a as Value))),
  ...times(),
];

type Part = (date: Date, ns: bigint) => number;

const PARTS: Record<string, Part> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

/** Parts of a duration are the whole of it in that unit, but for milliseconds. */
const SPANS: Record<string, bigint> = { getHours: 3600n * SECOND, getMinutes: 60n * SECOND, getSeconds: SECOND };

function times(): Library {
  const list = Object.entries(PARTS).flatMap(([name, part]) => [
    overload(`timestamp.${name}(): int`, ([a]) => BigInt(part(localDate(a as Timestamp, 'UTC'), 0n))),
    overload(`timestamp.${name}(string): int`, ([a, zone]) => BigInt(part(localDate(a as Timestamp, zone as string), 0n))),
  ]);
  for (const [name, unit] of Object.entries(SPANS)) list.push(overload(`duration.${name}(): int`, ([a]) => (a as Duration).ns / unit));
  list.push(overload('duration.getMilliseconds(): int', ([a]) => ((a as Duration).ns / 1_000_000n) % 1000n));
  return list;
}

/** A date whose UTC parts are those of the local time. Zones are names, or offsets such as `-02:30`. */
function localDate({ ns }: Timestamp, zone: string): Date {
  const ms = ns / 1_000_000n;
  if (zone === 'UTC' || zone === '') return dateOf(ms);
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (hours) return dateOf(ms + BigInt((sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000));
  try {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    const at = dateOf(ms);
    return dateOf(BigInt(Date.parse(`${format.format(at).replace(' ', 'T')}Z`) + at.getUTCMilliseconds()));
  } catch {
    throw new CelError(`unknown time zone ${zone}`);
  }
}
