/** IP addresses, CIDRs and ports in fields. */
import { isIP, isIPv4 } from 'node:net';
import { portName, portNumber } from '../../../types/names.ts';
import { invalid, invalidEach } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';

export const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function ipFaults(ip: string, at: string): FieldError[] {
  return isIP(ip) ? [] : [invalid(at, ip, IP_TEXT)];
}

export function cidrFaults(cidr: string, at: string): FieldError[] {
  const [ip = '', bits = '', rest] = cidr.split('/');
  const limit = isIPv4(ip) ? 32 : 128;
  const good = isIP(ip) && /^\d+$/.test(bits) && Number(bits) <= limit && rest === undefined;
  return good ? [] : [invalid(at, cidr, CIDR_TEXT)];
}

/** A number, or the name of a container's port. */
export function portOrNameFaults(port: number | string | undefined, at: string): FieldError[] {
  if (typeof port === 'string') return invalidEach(at, port, portName(port));
  return invalidEach(at, port ?? 0, portNumber(port ?? 0));
}
