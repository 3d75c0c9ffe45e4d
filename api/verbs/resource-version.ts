import { badRequest, failure } from '../errors.ts';

/** A resourceVersion of the wire as a revision; empty is 0. Throws as Kubernetes does: a 500 for what is not a number. */
export function parseResourceVersion(text: string): number {
  if (text === '') return 0;
  if (/^\d{1,19}$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  throw failure(500, undefined, `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${goUintError(text)}`);
}

const goUintError = (text: string) =>
  `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${/^\d+$/.test(text) ? 'value out of range' : 'invalid syntax'}`;

/** A whole number of a query; undefined when it is not given. Throws 400 as Go words it. */
export function parseWhole(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (/^[+-]?\d{1,18}$/.test(text)) return Number(text);
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
}
