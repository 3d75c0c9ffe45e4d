/** IPv4 ranges as numbers. */
import { FlagError } from '../../types/part/flags.ts';

export interface Cidr {
  /** The first address, as a whole number. */
  first: number;
  /** How many addresses. */
  size: number;
}

export function addressOf(number: number): string {
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

/** -1 when the text is not an IPv4 address. */
export function numberOf(address: string): number {
  const parts = address.split('.');
  if (parts.length !== 4) return -1;
  let number = 0;
  for (const part of parts) {
    const byte = Number(part);
    if (!/^\d{1,3}$/.test(part) || byte > 255) return -1;
    number = number * 256 + byte;
  }
  return number;
}

/** `127.24.0.0/13`. Throws `FlagError` for what is no IPv4 range, or not inside 127.0.0.0/8: pods answer on the loopback interface. */
export function parseCidr(text: string): Cidr {
  const [address = '', bits = ''] = text.split('/');
  const number = numberOf(address);
  const length = Number(bits);
  if (number < 0 || !/^\d{1,2}$/.test(bits) || length > 32) throw new FlagError(`"${text}" is not an IPv4 range such as 127.24.0.0/13`);
  if (number >>> 24 !== 127 || length < 8) throw new FlagError(`"${text}" is not inside 127.0.0.0/8`);
  const size = 2 ** (32 - length);
  if (number % size !== 0) throw new FlagError(`"${text}" has bits set behind its first ${length}`);
  return { first: number, size };
}
