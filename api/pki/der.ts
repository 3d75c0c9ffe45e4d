/** The little of DER (ITU-T X.690) that X.509 certificates are written in. */

export type Der = Buffer;

function tagged(tag: number, content: Buffer): Der {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [length] : [length >> 8, length & 255];
  if (length > 0xffff) throw new RangeError('a DER value of more than 65,535 bytes');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length, ...size]), content]);
}

export const sequence = (...parts: Der[]): Der => tagged(0x30, Buffer.concat(parts));
export const set = (...parts: Der[]): Der => tagged(0x31, Buffer.concat(parts));
export const boolean = (value: boolean): Der => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const utf8String = (text: string): Der => tagged(0x0c, Buffer.from(text));
export const octetString = (content: Buffer): Der => tagged(0x04, content);

/** A constructed value of a context-specific tag, around a complete value. */
export const explicit = (tag: number, content: Der): Der => tagged(0xa0 | tag, content);

/** A primitive context-specific value, in place of the value's own tag. */
export const implicit = (tag: number, content: Buffer): Der => tagged(0x80 | tag, content);

/** A whole number from big-endian bytes, which are read as unsigned. */
export function integer(bytes: Buffer): Der {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  const negative = ((trimmed[0] ?? 0) & 0x80) !== 0;
  return tagged(0x02, negative ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}

/** `unused`: how many of the last byte's low bits don't count. */
export const bitString = (content: Buffer, unused = 0): Der => tagged(0x03, Buffer.concat([Buffer.from([unused]), content]));

/** An object identifier in dotted form. */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) bytes.push(...base128(arc));
  return tagged(0x06, Buffer.from(bytes));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

/** X.509's rule: two-digit years until 2049, four digits from then on. */
export function time(ms: number): Der {
  const text = `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return text < '2050' ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
}
