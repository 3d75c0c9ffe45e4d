import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { fitsFormat } from './formats.ts';
import { type Path, textOf } from './path.ts';
import { compilePattern } from './pattern.ts';

/** Compiled patterns, which live as long as their schemas. */
const patterns = new WeakMap<Schema, RegExp | undefined>();

export function checkString(text: string, schema: Schema, path: Path | undefined, errors: FieldError[]): void {
  const field = textOf(path);
  const { minLength, maxLength, pattern, format } = schema;
  const fault = (detail: string) => errors.push({ field, type: 'invalid', value: text, detail: `${field} in body ${detail}` });
  if (typeof maxLength === 'number' && text.length > maxLength && lengthOf(text) > maxLength) {
    errors.push({ field, type: 'tooLong', value: text, detail: `may not be more than ${maxLength} bytes` });
  }
  if (typeof minLength === 'number' && lengthOf(text) < minLength) fault(`should be at least ${minLength} chars long`);
  if (typeof pattern === 'string' && !(patternOf(schema, pattern)?.test(text) ?? true)) fault(`should match '${pattern}'`);
  if (typeof format === 'string' && !fitsFormat(format, text)) {
    errors.push({ field, type: 'typeInvalid', value: text, detail: `${field} in body must be of type ${format}: ${JSON.stringify(text)}` });
  }
}

/** In characters, not UTF-16 units. */
const lengthOf = (text: string) => [...text].length;

function patternOf(schema: Schema, pattern: string): RegExp | undefined {
  if (!patterns.has(schema)) patterns.set(schema, compilePattern(pattern));
  return patterns.get(schema);
}

const RANGES: Record<string, [min: number, max: number]> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2 ** 64],
};

export function checkNumber(value: number, schema: Schema, path: Path | undefined, errors: FieldError[]): void {
  const field = textOf(path);
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = schema;
  checkRange(value, schema, field, errors);
  const fault = (detail: string) => errors.push({ field, type: 'invalid', value, detail: `${field} in body ${detail}` });
  if (typeof multipleOf === 'number' && multipleOf > 0 && !isMultiple(value, multipleOf)) fault(`should be a multiple of ${multipleOf}`);
  if (typeof maximum === 'number') {
    if (exclusiveMaximum === true && value >= maximum) fault(`should be less than ${maximum}`);
    else if (value > maximum) fault(`should be less than or equal to ${maximum}`);
  }
  if (typeof minimum === 'number') {
    if (exclusiveMinimum === true && value <= minimum) fault(`should be greater than ${minimum}`);
    else if (value < minimum) fault(`should be greater than or equal to ${minimum}`);
  }
}

function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) < 1e-9;
}

/** Kubernetes' message of this has no field. */
function checkRange(value: number, { type, format }: Schema, field: string, errors: FieldError[]): void {
  if (type !== 'integer') return;
  const [min, max] = (format && RANGES[format]) || [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const kind = format && RANGES[format] ? `integer with format ${format}` : 'integer (default format)';
  errors.push({ field: '<nil>', type: 'invalid', value: '', detail: `Checked value must be of type ${kind} in ${field}` });
}
