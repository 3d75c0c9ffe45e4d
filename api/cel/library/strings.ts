/** Texts: the standard functions, cel-go's strings extension, and Kubernetes' `find` and `findAll`. Positions count code points. */

import { compilePattern } from '../../crd/pattern.ts';
import { CelError } from '../fault.ts';
import { type Library, overload } from '../function.ts';
import {
  Duration,
  durationText,
  List,
  Mapping,
  Opaque,
  Timestamp,
  TypeValue,
  timestampText,
  Uint,
  type Value,
  ValueList,
} from '../value.ts';

const text = (value: Value | undefined) => value as string;

/** Unless the text has characters beyond 16 bits, its units are its code points. */
const points = (value: string): readonly string[] | string => (/[\ud800-\udfff]/.test(value) ? [...value] : value);

function slice(value: string, from: bigint, to: bigint | undefined): string {
  const all = points(value);
  const end = to ?? BigInt(all.length);
  if (from < 0n || from > BigInt(all.length)) throw new CelError(`index out of range: ${from}`);
  if (end < 0n || end > BigInt(all.length)) throw new CelError(`index out of range: ${end}`);
  if (from > end) throw new CelError(`invalid substring range. start: ${from}, end: ${end}`);
  const part = all.slice(Number(from), Number(end));
  return typeof part === 'string' ? part : part.join('');
}

function charAt(value: string, index: bigint): string {
  const all = points(value);
  if (index < 0n || index > BigInt(all.length)) throw new CelError(`index out of range: ${index}`);
  return all[Number(index)] ?? '';
}

function indexOf(value: string, wanted: string, from: bigint, last: boolean): bigint {
  const all = points(value);
  if (from < 0n || from > BigInt(all.length)) throw new CelError(`index out of range: ${from}`);
  if (typeof all === 'string') return BigInt(last ? all.lastIndexOf(wanted, Number(from)) : all.indexOf(wanted, Number(from)));
  const units = all.slice(0, Number(from)).join('').length;
  const found = last ? value.lastIndexOf(wanted, units) : value.indexOf(wanted, units);
  return found < 0 ? -1n : BigInt([...value.slice(0, found)].length);
}

const end = (value: string) => BigInt(points(value).length);

function split(value: string, separator: string, limit: bigint): Value {
  if (limit === 0n) return new ValueList([]);
  const parts = separator === '' ? [...value] : value.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return new ValueList(parts);
  const count = Number(limit);
  return new ValueList([...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)]);
}

function replace(value: string, old: string, by: string, limit: bigint): string {
  if (limit < 0n) return value.replaceAll(old, () => by);
  let left = limit;
  return value.replaceAll(old, (found) => (left-- > 0n ? by : found));
}

function join(list: List, separator: string): string {
  const parts: string[] = [];
  for (const part of list) {
    if (typeof part !== 'string') throw new CelError('no such overload: join');
    parts.push(part);
  }
  return parts.join(separator);
}

/** A pattern is compiled once; the last ones are kept. */
const MAX_PATTERNS = 200;

function patterns(): (source: string) => RegExp {
  const known = new Map<string, RegExp>();
  return (source) => {
    const before = known.get(source);
    if (before) return before;
    const pattern = compilePattern(source);
    if (!pattern) throw new CelError(`error parsing regexp: \`${source}\``);
    const global = new RegExp(pattern.source, `${pattern.flags}g`);
    if (known.size >= MAX_PATTERNS) known.clear();
    known.set(source, global);
    return global;
  };
}

function formatted(format: string, args: List): string {
  let next = 0;
  return format.replace(/%(?:%|(?:\.(\d+))?([sdfeboxX])|([\s\S]?))/g, (all, precision?: string, verb?: string, wrong?: string) => {
    if (all === '%%') return '%';
    if (!verb) throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${wrong ?? ''}"`);
    if (next >= args.size) throw new CelError(`index ${next} out of range`);
    return clause(verb, args.at(next++), precision === undefined ? undefined : Number(precision));
  });
}

function clause(verb: string, value: Value, precision: number | undefined): string {
  if (verb === 's') return shown(value);
  const number = value instanceof Uint ? value.value : value;
  if (verb === 'd' && typeof number === 'bigint') return String(number);
  if (verb === 'f' && typeof number !== 'object') return Number(number).toFixed(precision ?? 6);
  if (verb === 'e' && typeof number !== 'object')
    return Number(number)
      .toExponential(precision ?? 6)
      .replace(/e([-+])(\d)$/, 'e$10$2');
  const radix = { b: 2, o: 8, x: 16, X: 16 }[verb];
  if (radix && typeof number === 'bigint') return verb === 'X' ? number.toString(radix).toUpperCase() : number.toString(radix);
  if (verb === 'b' && typeof number === 'boolean') return number ? '1' : '0';
  if (radix === 16 && (typeof number === 'string' || Buffer.isBuffer(number))) {
    const hex = Buffer.from(number as string).toString('hex');
    return verb === 'X' ? hex.toUpperCase() : hex;
  }
  throw new CelError(`error during formatting: clause %${verb} cannot be used with this value`);
}

function shown(value: Value): string {
  if (value instanceof List) return `[${[...value].map(shown).join(', ')}]`;
  if (value instanceof Mapping) {
    const pairs = [...value.keys()].map((key) => `${shown(key)}: ${shown(value.get(key) ?? null)}`);
    return `{${pairs.sort().join(', ')}}`;
  }
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Opaque) return String(value.value);
  return Buffer.isBuffer(value) ? value.toString() : String(value);
}

/** Characters that Go's `unicode.IsSpace` knows. */
const trimmed = (value: string) => value.replace(/^[\s\u0085]+|[\s\u0085]+$/g, '');
const ascii = (value: string, upper: boolean) =>
  upper ? value.replace(/[a-z]+/g, (part) => part.toUpperCase()) : value.replace(/[A-Z]+/g, (part) => part.toLowerCase());

export function strings(): Library {
  const pattern = patterns();
  const found = (value: string, source: string, limit: number): Value => {
    const all = [...value.matchAll(pattern(source))].map(([match]) => match);
    return new ValueList(limit < 0 ? all : all.slice(0, limit));
  };
  const matches = (value: string, source: string) => {
    const regexp = pattern(source);
    regexp.lastIndex = 0;
    return regexp.test(value);
  };
  const scanned = (list: Library): Library =>
    list.map((one) => ({
      ...one,
      call: (args, charge) => {
        charge(typeof args[0] === 'string' ? args[0].length / 10 : 1);
        const result = one.call(args, charge);
        if (typeof result === 'string') charge(result.length / 10);
        return result;
      },
    }));
  return scanned([
    overload('string.contains(string): bool', ([a, b]) => text(a).includes(text(b))),
    overload('string.startsWith(string): bool', ([a, b]) => text(a).startsWith(text(b))),
    overload('string.endsWith(string): bool', ([a, b]) => text(a).endsWith(text(b))),
    overload('string.matches(string): bool', ([a, b]) => matches(text(a), text(b))),
    overload('matches(string, string): bool', ([a, b]) => matches(text(a), text(b))),
    overload('string.find(string): string', ([a, b]) => text(a).match(new RegExp(pattern(text(b)), ''))?.[0] ?? ''),
    overload('string.findAll(string): list(string)', ([a, b]) => found(text(a), text(b), -1)),
    overload('string.findAll(string, int): list(string)', ([a, b, c]) => found(text(a), text(b), Number(c as bigint))),
    overload('string.charAt(int): string', ([a, b]) => charAt(text(a), b as bigint)),
    overload('string.indexOf(string): int', ([a, b]) => indexOf(text(a), text(b), 0n, false)),
    overload('string.indexOf(string, int): int', ([a, b, c]) => indexOf(text(a), text(b), c as bigint, false)),
    overload('string.lastIndexOf(string): int', ([a, b]) => indexOf(text(a), text(b), end(text(a)), true)),
    overload('string.lastIndexOf(string, int): int', ([a, b, c]) => indexOf(text(a), text(b), c as bigint, true)),
    overload('string.lowerAscii(): string', ([a]) => ascii(text(a), false)),
    overload('string.upperAscii(): string', ([a]) => ascii(text(a), true)),
    overload('string.replace(string, string): string', ([a, b, c]) => replace(text(a), text(b), text(c), -1n)),
    overload('string.replace(string, string, int): string', ([a, b, c, d]) => replace(text(a), text(b), text(c), d as bigint)),
    overload('string.split(string): list(string)', ([a, b]) => split(text(a), text(b), -1n)),
    overload('string.split(string, int): list(string)', ([a, b, c]) => split(text(a), text(b), c as bigint)),
    overload('string.substring(int): string', ([a, b]) => slice(text(a), b as bigint, undefined)),
    overload('string.substring(int, int): string', ([a, b, c]) => slice(text(a), b as bigint, c as bigint)),
    overload('string.trim(): string', ([a]) => trimmed(text(a))),
    overload('string.reverse(): string', ([a]) => [...text(a)].reverse().join('')),
    overload('string.format(list(dyn)): string', ([a, b]) => formatted(text(a), b as List)),
    overload('list(string).join(): string', ([a]) => join(a as List, '')),
    overload('list(string).join(string): string', ([a, b]) => join(a as List, text(b))),
  ]);
}
