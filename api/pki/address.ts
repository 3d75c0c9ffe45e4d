import { isIPv4 } from 'node:net';

/** The 4 or 16 bytes of an IP address that `net.isIP` accepts. */
export function ipBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = withoutDottedTail(address).split('::');
  const left = groups(head);
  if (tail === undefined) return toBytes(left);
  const right = groups(tail);
  return toBytes([...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]);
}

const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));

const toBytes = (words: number[]) => Buffer.from(words.flatMap((word) => [word >> 8, word & 255]));

/** `::ffff:127.0.0.1` as `::ffff:7f00:1`. */
function withoutDottedTail(address: string): string {
  const at = address.lastIndexOf(':') + 1;
  if (!address.includes('.')) return address;
  const [a = 0, b = 0, c = 0, d = 0] = address.slice(at).split('.').map(Number);
  return `${address.slice(0, at)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** One spelling for each address, as `X509Certificate` writes IPv6 (`0:0:0:0:0:0:0:1`), so that lists of hosts can be compared. */
export function canonicalIp(address: string): string {
  const bytes = ipBytes(address);
  if (bytes.length === 4) return bytes.join('.');
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':');
}
