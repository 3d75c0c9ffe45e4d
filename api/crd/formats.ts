/** The string formats that a custom kind's schema may ask for; others are not checked (k8s.io/kube-openapi/pkg/validation/strfmt). */
import { isIP } from 'node:net';
import type { FormatName } from 'ajv-formats';

/** Those of ajv-formats that say the same as Kubernetes. */
export const LIBRARY_FORMATS: FormatName[] = ['date', 'date-time', 'hostname', 'ipv4', 'ipv6', 'byte'];

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const uuidOf = (version: string) => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$`, 'i');
const DURATION = /^[+-]?(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|μs|ms|s|m|h|d|w|nanosecond|microsecond|millisecond|second|minute|hour|day|week)s?$/;
const GO_DURATION = /^[+-]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return more.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

const isIsbn = (text: string, length: number) => text.replace(/[- ]/g, '').length === length && /^[\d -]+[\dX]$/.test(text);

/** Those that ajv-formats lacks, or takes for something else: Go's durations, UUIDs without dashes, addresses of mail without a dot. */
export const OWN_FORMATS: Record<string, RegExp | ((text: string) => boolean)> = {
  bsonobjectid: /^[0-9a-f]{24}$/i,
  uri: (text) => URL.canParse(text) || text.startsWith('/'),
  email: /^[^\s@<>]+@[^\s@<>]+$/,
  cidr: isCidr,
  mac: /^([0-9a-f]{2}([:-])([0-9a-f]{2}\2){4}[0-9a-f]{2}|([0-9a-f]{4}\.){2}[0-9a-f]{4})$/i,
  uuid: UUID,
  uuid3: uuidOf('3'),
  uuid4: uuidOf('4'),
  uuid5: uuidOf('5'),
  isbn: (text) => isIsbn(text, 10) || isIsbn(text, 13),
  isbn10: (text) => isIsbn(text, 10),
  isbn13: (text) => isIsbn(text, 13),
  creditcard: (text) => /^\d{13,19}$/.test(text.replace(/[- ]/g, '')),
  ssn: /^\d{3}[- ]?\d{2}[- ]?\d{4}$/,
  hexcolor: /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i,
  rgbcolor: /^rgb\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*\)$/i,
  duration: (text) => GO_DURATION.test(text) || DURATION.test(text),
  'k8s-short-name': /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  'k8s-long-name': /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
};

/** Of integers without another format. */
export const INTEGER = 'integer';

/** What integers of a format may be. */
export const RANGES: Record<string, [min: number, max: number]> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2 ** 64],
};

/** Of strings. */
export const isFormat = (name: string): boolean => LIBRARY_FORMATS.some((one) => one === name) || Object.hasOwn(OWN_FORMATS, name);
