/** Faults of a CRD, in few words. */
import type { FieldError } from '../kinds/strategy.ts';

export const invalidField = (field: string, value: unknown, detail: string): FieldError => ({ field, type: 'invalid', value, detail });
export const requiredField = (field: string, detail = ''): FieldError => ({ field, type: 'required', detail });
export const forbiddenField = (field: string, detail: string): FieldError => ({ field, type: 'forbidden', detail });
export const unsupportedField = (field: string, value: unknown, supported: string[]): FieldError => ({
  field,
  type: 'notSupported',
  value,
  detail: '',
  supported,
});

const DNS_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const DNS_1035_FAULT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** What is wrong with a DNS-1035 label. */
export function labelFaults(text: string): string[] {
  const faults: string[] = [];
  if (text.length > 63) faults.push('must be no more than 63 bytes');
  if (!DNS_1035.test(text)) faults.push(DNS_1035_FAULT);
  return faults;
}

const DNS_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const DNS_1123_FAULT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

export function subdomainFaults(text: string): string[] {
  const faults: string[] = [];
  if (text.length > 253) faults.push('must be no more than 253 bytes');
  if (!DNS_1123.test(text)) faults.push(DNS_1123_FAULT);
  return faults;
}
