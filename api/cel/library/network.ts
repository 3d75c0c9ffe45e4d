/** Kubernetes' addresses: `ip('10.0.0.1')`, `cidr('10.0.0.0/8')` and `url('https://…')`. */
import { isIPv4, isIPv6 } from 'node:net';
import { CelError } from '../fault.ts';
import { type Library, overload, spacedOverload } from '../function.ts';
import { opaque } from '../type.ts';
import { Opaque, type Value, ValueList, ValueMap } from '../value.ts';

const IP = opaque('net.IP');
const CIDR = opaque('net.CIDR');
const URL_TYPE = opaque('kubernetes.URL');

class Address {
  readonly bits: bigint;
  readonly family: 4 | 6;
  constructor(bits: bigint, family: 4 | 6) {
    this.bits = bits;
    this.family = family;
  }
  get width(): bigint {
    return this.family === 4 ? 32n : 128n;
  }
  toString(): string {
    return this.family === 4 ? dotted(this.bits) : colons(this.bits);
  }
}

const dotted = (bits: bigint) => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');

/** The longest run of zeros is left out (RFC 5952). */
function colons(bits: bigint): string {
  const parts = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const runs = [...parts.join(':').matchAll(/(?:^|:)(0(?::0)+)(?=:|$)/g)].map((match) => match[1] as string);
  const longest = runs.sort((a, b) => b.length - a.length)[0];
  if (!longest) return parts.join(':');
  const joined = `:${parts.join(':')}:`.replace(`:${longest}:`, '::');
  return joined.replace(/^:(?!:)/, '').replace(/(?<!:):$/, '');
}

function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) {
    const parts = text.split('.');
    if (parts.some((part) => part.length > 1 && part.startsWith('0'))) return undefined;
    return new Address(
      parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n),
      4,
    );
  }
  if (!isIPv6(text) || text.includes('%') || text.includes('.')) return undefined;
  const [head = '', tail] = text.split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const middle = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  const all = [...before, ...middle, ...after];
  return new Address(
    all.reduce((bits, part) => (bits << 16n) | BigInt(`0x${part || '0'}`), 0n),
    6,
  );
}

function addressOf(text: string): Value {
  const address = parseAddress(text);
  if (address) return new Opaque(IP, address);
  throw new CelError(`IP Address '${text}' parse error during conversion from string: ParseAddr("${text}"): unable to parse IP`);
}

class Range {
  readonly address: Address;
  readonly length: number;
  constructor(address: Address, length: number) {
    this.address = address;
    this.length = length;
  }
  get masked(): Address {
    const rest = this.address.width - BigInt(this.length);
    return new Address((this.address.bits >> rest) << rest, this.address.family);
  }
  holds(other: Address): boolean {
    const rest = this.address.width - BigInt(this.length);
    return other.family === this.address.family && other.bits >> rest === this.address.bits >> rest;
  }
  toString(): string {
    return `${this.address}/${this.length}`;
  }
}

function parseRange(text: string): Range | undefined {
  const [, left = '', right = ''] = /^(.+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseAddress(left);
  if (!address || BigInt(right || 0) > address.width) return undefined;
  return new Range(address, Number(right));
}

function rangeOf(text: string): Value {
  const range = parseRange(text);
  if (range) return new Opaque(CIDR, range);
  throw new CelError(`network address parse error during conversion from string: netip.ParsePrefix("${text}"): no '/'`);
}

const ipIn = (value: Value | undefined) => (value as Opaque<Address>).value;
const rangeIn = (value: Value | undefined) => (value as Opaque<Range>).value;

const inside = (text: string) => {
  const range = parseRange(text);
  return (address: Address) => range?.holds(address) ?? false;
};

export const addresses = (): Library => {
  const [loopback4, loopback6] = [inside('127.0.0.0/8'), inside('::1/128')];
  const [multicast4, multicast6] = [inside('224.0.0.0/4'), inside('ff00::/8')];
  const [local4, local6] = [inside('169.254.0.0/16'), inside('fe80::/10')];
  const [localMulticast4, localMulticast6] = [inside('224.0.0.0/24'), inside('ff02::/16')];
  const loopback = (ip: Address) => loopback4(ip) || loopback6(ip);
  const linkLocal = (ip: Address) => local4(ip) || local6(ip);
  const unspecified = (ip: Address) => ip.bits === 0n;
  const broadcast = (ip: Address) => ip.family === 4 && ip.bits === 0xffffffffn;
  const global = (ip: Address) =>
    !unspecified(ip) && !loopback(ip) && !multicast4(ip) && !multicast6(ip) && !linkLocal(ip) && !broadcast(ip);
  const holdsRange = (outer: Range, inner: Range) => inner.length >= outer.length && outer.holds(inner.address);
  return [
    overload('ip(string): net.IP', ([a]) => addressOf(a as string)),
    overload('isIP(string): bool', ([a]) => parseAddress(a as string) !== undefined),
    spacedOverload('ip.isCanonical(string): bool', ([a]) => String(ipIn(addressOf(a as string))) === a),
    overload('string(net.IP): string', ([a]) => String(ipIn(a))),
    overload('net.IP.family(): int', ([a]) => BigInt(ipIn(a).family)),
    overload('net.IP.isUnspecified(): bool', ([a]) => unspecified(ipIn(a))),
    overload('net.IP.isLoopback(): bool', ([a]) => loopback(ipIn(a))),
    overload('net.IP.isLinkLocalUnicast(): bool', ([a]) => linkLocal(ipIn(a))),
    overload('net.IP.isLinkLocalMulticast(): bool', ([a]) => localMulticast4(ipIn(a)) || localMulticast6(ipIn(a))),
    overload('net.IP.isGlobalUnicast(): bool', ([a]) => global(ipIn(a))),
    overload('cidr(string): net.CIDR', ([a]) => rangeOf(a as string)),
    overload('isCIDR(string): bool', ([a]) => parseRange(a as string) !== undefined),
    overload('string(net.CIDR): string', ([a]) => String(rangeIn(a))),
    overload('net.CIDR.containsIP(string): bool', ([a, b]) => rangeIn(a).holds(ipIn(addressOf(b as string)))),
    overload('net.CIDR.containsIP(net.IP): bool', ([a, b]) => rangeIn(a).holds(ipIn(b))),
    overload('net.CIDR.containsCIDR(string): bool', ([a, b]) => holdsRange(rangeIn(a), rangeIn(rangeOf(b as string)))),
    overload('net.CIDR.containsCIDR(net.CIDR): bool', ([a, b]) => holdsRange(rangeIn(a), rangeIn(b))),
    overload('net.CIDR.ip(): net.IP', ([a]) => new Opaque(IP, rangeIn(a).address)),
    overload('net.CIDR.masked(): net.CIDR', ([a]) => new Opaque(CIDR, new Range(rangeIn(a).masked, rangeIn(a).length))),
    overload('net.CIDR.prefixLength(): int', ([a]) => BigInt(rangeIn(a).length)),
  ];
};

/** Absolute, or a path: as Go's `url.ParseRequestURI`. */
function parseUrl(text: string): URL | undefined {
  if (!/^([A-Za-z][A-Za-z\d+.-]*:|\/)/.test(text) || /[\s\p{Cc}]/u.test(text)) return undefined;
  try {
    return new URL(text, 'path://');
  } catch {
    return undefined;
  }
}

function urlOf(text: string): Value {
  const url = parseUrl(text);
  if (url) return new Opaque(URL_TYPE, url);
  throw new CelError(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
}

const urlIn = (value: Value | undefined) => (value as Opaque<URL>).value;

export const urls = (): Library => [
  overload('url(string): kubernetes.URL', ([a]) => urlOf(a as string)),
  overload('isURL(string): bool', ([a]) => parseUrl(a as string) !== undefined),
  overload('kubernetes.URL.getScheme(): string', ([a]) => (urlIn(a).protocol === 'path:' ? '' : urlIn(a).protocol.slice(0, -1))),
  overload('kubernetes.URL.getHost(): string', ([a]) => urlIn(a).host),
  overload('kubernetes.URL.getHostname(): string', ([a]) => urlIn(a).hostname.replace(/^\[|\]$/g, '')),
  overload('kubernetes.URL.getPort(): string', ([a]) => urlIn(a).port),
  overload('kubernetes.URL.getEscapedPath(): string', ([a]) => urlIn(a).pathname),
  overload('kubernetes.URL.getQuery(): map(string, list(string))', ([a]) => {
    const { searchParams } = urlIn(a);
    return new ValueMap([...new Set(searchParams.keys())].map((key) => [key, new ValueList(searchParams.getAll(key))] as const));
  }),
];
