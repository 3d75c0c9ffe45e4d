import type { AddressRange } from '../options.ts';

/** The address at an offset into a range. */
export function addressAt(range: AddressRange, offset: number): string {
  const n = range.first + offset;
  return `${Math.floor(n / 2 ** 24)}.${Math.floor(n / 2 ** 16) % 256}.${Math.floor(n / 256) % 256}.${n % 256}`;
}

/** The offset of an address into a range; undefined when it is outside, or no IPv4 address. */
export function offsetOf(range: AddressRange, address: string): number | undefined {
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((b) => !Number.isInteger(b) || b < 0 || b > 255)) return undefined;
  const offset = bytes.reduce((sum, byte) => sum * 256 + byte, 0) - range.first;
  return offset >= 0 && offset < range.size ? offset : undefined;
}
