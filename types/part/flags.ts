/**
 * Options of a part as data: the command line, its `--help` and its checks are made from these tables, and the part is given the parsed
 * values. Names and formats are those of the Kubernetes component that an option comes from.
 */

export interface Flag<T> {
  /** Shown in help: `<duration>`. Absent for a switch. */
  argument?: string;
  /** One line for `--help`, without the default. */
  description: string;
  default: T;
  /** The default as one would type it, where that is not plain from the value. */
  defaultText?: string;
  /** Throws `FlagError`, whose message says what is accepted. A flag given twice is parsed twice, `before` being the value so far. */
  parse(text: string, before: T): T;
}

/** By name, as written on the command line without the two dashes. */
// biome-ignore lint/suspicious/noExplicitAny: a table of flags of any value types
export type Flags = Record<string, Flag<any>>;
export type OptionsOf<F extends Flags> = { [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

export class FlagError extends Error {
  override name = 'FlagError';
}

export function defaultsOf<F extends Flags>(flags: F): OptionsOf<F> {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.default])) as OptionsOf<F>;
}

const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A Go duration (`40s`, `1m30s`, `250ms`) in milliseconds. */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  const sign = text.startsWith('-') ? -1 : 1;
  const rest = text.replace(/^[+-]/, '');
  if (!/^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(rest)) {
    throw new FlagError(`"${text}" is not a duration; write it as 40s, 1m30s or 250ms`);
  }
  let ms = 0;
  for (const [, number, unit] of rest.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) ms += Number(number) * (UNITS[unit ?? ''] ?? 0);
  return sign * ms;
}

export function durationFlag(defaultText: string, description: string): Flag<number> {
  return { argument: '<duration>', description, default: parseDuration(defaultText), defaultText, parse: parseDuration };
}

export function numberFlag(defaultValue: number, description: string, range: { min?: number; max?: number } = {}): Flag<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  const parse = (text: string) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < min || value > max) {
      throw new FlagError(`"${text}" is not a whole number from ${min} to ${max}`);
    }
    return value;
  };
  return { argument: '<number>', description, default: defaultValue, parse };
}

export function textFlag(defaultValue: string, argument: string, description: string): Flag<string> {
  return { argument, description, default: defaultValue, parse: (text) => text };
}

/** Comma-separated, and may be given several times. */
export function listFlag(defaultValue: string[], argument: string, description: string): Flag<string[]> {
  const parse = (text: string, before: string[]) => [...(before === defaultValue ? [] : before), ...text.split(',').filter(Boolean)];
  return { argument, description, default: defaultValue, parse };
}

export function switchFlag(defaultValue: boolean, description: string): Flag<boolean> {
  const parse = (text: string) => {
    if (text === '' || text === 'true') return true;
    if (text === 'false') return false;
    throw new FlagError(`"${text}" is neither true nor false`);
  };
  return { description, default: defaultValue, parse };
}
