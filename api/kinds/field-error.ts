/** Makers of faults, and paths in the form of `field.Path`. */
import type { FieldError } from './strategy.ts';

export const required = (field: string, detail = ''): FieldError => ({ field, type: 'required', detail });
export const invalid = (field: string, value: unknown, detail: string): FieldError => ({ field, type: 'invalid', value, detail });
export const forbidden = (field: string, detail: string): FieldError => ({ field, type: 'forbidden', detail });
export const duplicate = (field: string, value: unknown, detail = ''): FieldError => ({ field, type: 'duplicate', value, detail });
export const notFound = (field: string, value: unknown): FieldError => ({ field, type: 'notFound', value, detail: '' });

export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  field,
  type: 'notSupported',
  value,
  detail: '',
  supported: [...supported],
});

export const tooLong = (field: string, limit: number): FieldError => ({
  field,
  type: 'tooLong',
  detail: `may not be more than ${limit} bytes`,
});

/** One `invalid` for each text that a check of types/names.ts returned. */
export const invalidEach = (field: string, value: unknown, details: string[]): FieldError[] => details.map((d) => invalid(field, value, d));

export const IMMUTABLE = 'field is immutable';

/** apimachinery's ValidateNonnegativeField. */
export function nonNegative(field: string, value: number | undefined | null): FieldError[] {
  return typeof value === 'number' && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

/** A value out of a fixed list, where it is given; `required` when it is not and must be. */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value !== undefined && supported.includes(value) ? [] : [notSupported(field, value ?? '', supported)];
}
