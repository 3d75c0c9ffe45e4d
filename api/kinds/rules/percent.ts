/** Counts that may be percentages. */
import { regexError } from '../../../types/names.ts';
import { invalid, nonNegative } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';

type IntOrPercent = number | string | undefined;

export function intOrPercentFaults(value: IntOrPercent, at: string): FieldError[] {
  if (typeof value !== 'string') return nonNegative(at, value);
  if (/^[0-9]+%$/.test(value)) return [];
  const text = "a valid percent string must be a numeric string followed by an ending '%'";
  return [invalid(at, value, regexError(text, '[0-9]+%', '1%', '93%'))];
}

export function atMostAllFaults(value: IntOrPercent, at: string): FieldError[] {
  return typeof value === 'string' && percentOf(value) > 100 ? [invalid(at, value, 'must not be greater than 100%')] : [];
}

const percentOf = (value: string) => (/^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : 0);

export const isZero = (value: IntOrPercent) => value === undefined || value === 0 || (typeof value === 'string' && /^0+%$/.test(value));
