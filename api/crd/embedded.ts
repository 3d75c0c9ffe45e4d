/** Objects inside objects (`x-kubernetes-embedded-resource`) have a type, and metadata that is well formed. */
import type { FieldError } from '../kinds/strategy.ts';
import { isObject, type JsonObject } from './structural.ts';

/** Fields are told from the embedded object on: `metadata.labels`. */
export function embeddedFaults(object: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['apiVersion', 'kind']) {
    const value = object[field];
    if (value === undefined) errors.push({ field, type: 'required', detail: '' });
    else if (typeof value !== 'string') errors.push({ field, type: 'invalid', value, detail: 'must be a string' });
    else if (value === '') errors.push({ field, type: 'invalid', value, detail: 'must not be empty' });
  }
  const { metadata } = object;
  if (metadata === undefined) return errors;
  if (!isObject(metadata)) errors.push({ field: 'metadata', type: 'invalid', value: metadata, detail: 'must be an object' });
  else checkLabels(metadata.labels, 'metadata.labels', errors);
  return errors;
}

const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const NAME_PART_FAULT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

function checkLabels(labels: unknown, field: string, errors: FieldError[]): void {
  if (!isObject(labels)) return;
  for (const key of Object.keys(labels)) {
    const name = key.slice(key.lastIndexOf('/') + 1);
    if (!NAME_PART.test(name)) errors.push({ field, type: 'invalid', value: key, detail: NAME_PART_FAULT });
  }
}
