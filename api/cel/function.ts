/** Functions as libraries declare them: a signature in CEL's own words, and what it does. */
import type { Charge } from './equal.ts';
import { BOOL, BYTES, type CelType, DOUBLE, DURATION, DYN, INT, NULL, opaque, STRING, TIMESTAMP, UINT } from './type.ts';
import type { Value } from './value.ts';

export interface Overload {
  name: string;
  /** Called as `args[0].name(…)`. */
  member: boolean;
  args: readonly CelType[];
  result: CelType;
  /** Throws `CelError`. `charge` is for what goes beyond one unit of cost. */
  call(args: readonly Value[], charge: Charge): Value;
}

export type Library = readonly Overload[];

/** `overload('string.contains(string): bool', …)`, `overload('size(list(A)): int', …)`; operators: `_+_(int, int): int`. */
export function overload(signature: string, call: Overload['call']): Overload {
  const [, receiver, name = '', inner = '', result = ''] =
    /^(?:([\w.]+(?:\(.*?\))?)\.)?([^.(\s]+|[\w.]+)\((.*)\): (.+)$/.exec(signature) ?? [];
  if (!name) throw new Error(`not a signature: ${signature}`);
  const args = splitTypes(inner).map(typeFrom);
  return { name, member: receiver !== undefined, args: receiver ? [typeFrom(receiver), ...args] : args, result: typeFrom(result), call };
}

/** A function in a namespace, such as `math.greatest`: the receiver is part of its name. */
export function spacedOverload(signature: string, call: Overload['call']): Overload {
  const dot = signature.lastIndexOf('.', signature.indexOf('('));
  return { ...overload(signature.slice(dot + 1), call), name: signature.slice(0, signature.indexOf('(')) };
}

const NAMED: Record<string, CelType> = {
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  bool: BOOL,
  null: NULL,
  dyn: DYN,
  timestamp: TIMESTAMP,
  duration: DURATION,
};

function typeFrom(text: string): CelType {
  const open = text.indexOf('(');
  if (open < 0) return NAMED[text] ?? opaque(text);
  return { name: text.slice(0, open), params: splitTypes(text.slice(open + 1, -1)).map(typeFrom) };
}

/** At the commas that are not inside of parentheses. */
function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  return part.trim() ? [...parts, part.trim()] : parts;
}
