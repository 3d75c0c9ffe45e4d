/** cel-go's encoders and math extensions, and Kubernetes' versions: `semver('1.2.3').isGreaterThan(semver('1.0.0'))`. */
import { compareValues } from '../equal.ts';
import { CelError, noSuchOverload } from '../fault.ts';
import { type Library, overload, spacedOverload } from '../function.ts';
import { opaque } from '../type.ts';
import { type List, Opaque, type Value } from '../value.ts';

export const encoders = (): Library => [
  spacedOverload('base64.encode(bytes): string', ([a]) => (a as Buffer).toString('base64')),
  spacedOverload('base64.decode(string): bytes', ([a]) => decoded(a as string)),
  spacedOverload('jsonpatch.escapeKey(string): string', ([a]) => (a as string).replaceAll('~', '~0').replaceAll('/', '~1')),
];

function decoded(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new CelError('illegal base64 data at input byte 0');
  return Buffer.from(text, 'base64');
}

/** Of one list, or of up to three values. */
function extreme(name: string, sign: number): Library {
  const best = (values: Iterable<Value>) => {
    let found: Value | undefined;
    for (const value of values) {
      const order = found === undefined ? -sign : compareValues(value, found);
      if (order === undefined) throw noSuchOverload();
      if (found === undefined || order * sign > 0) found = value;
    }
    if (found === undefined) throw new CelError(`math.@${name === 'math.greatest' ? 'max' : 'min'}(list) argument must not be empty`);
    return found;
  };
  const types = ['int', 'uint', 'double'];
  return [
    ...types.flatMap((type) =>
      [1, 2, 3].map((count) =>
        spacedOverload(`${name}(${Array.from({ length: count }, () => type).join(', ')}): ${type}`, (args) => best(args)),
      ),
    ),
    spacedOverload(`${name}(dyn, dyn): dyn`, (args) => best(args)),
    ...types.map((type) => spacedOverload(`${name}(list(${type})): ${type}`, ([a]) => best(a as List))),
  ];
}

const ROUNDED: Record<string, (value: number) => number> = {
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  round: (value) => Math.sign(value) * Math.round(Math.abs(value)),
};

export const mathematics = (): Library => [
  ...extreme('math.greatest', 1),
  ...extreme('math.least', -1),
  ...Object.entries(ROUNDED).map(([name, by]) => spacedOverload(`math.${name}(double): double`, ([a]) => by(a as number))),
  spacedOverload('math.abs(int): int', ([a]) => ((a as bigint) < 0n ? -(a as bigint) : (a as bigint))),
  spacedOverload('math.abs(double): double', ([a]) => Math.abs(a as number)),
  spacedOverload('math.sign(int): int', ([a]) => ((a as bigint) > 0n ? 1n : (a as bigint) < 0n ? -1n : 0n)),
];

const SEMVER_TYPE = opaque('kubernetes.Semver');
const NUMBER = '(?:0|[1-9]\\d*)';
const SEMVER = new RegExp(`^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z.-]+)?$`);

class Version {
  readonly numbers: readonly bigint[];
  readonly before: readonly string[];
  constructor(numbers: readonly bigint[], before: readonly string[]) {
    this.numbers = numbers;
    this.before = before;
  }
  toString(): string {
    return `${this.numbers.join('.')}${this.before.length ? `-${this.before.join('.')}` : ''}`;
  }
}

/** `v1.2` becomes `1.2.0`. */
const normalized = (text: string) => {
  const [, core = '', rest = ''] = /^v?([\d.]*)(.*)$/.exec(text) ?? [];
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3) parts.push('0');
  return `${parts.join('.')}${rest}`;
};

function parsed(text: string): Version | undefined {
  const [whole, major = '', minor = '', patch = '', before = ''] = SEMVER.exec(text) ?? [];
  return whole === undefined ? undefined : new Version([major, minor, patch].map(BigInt), before ? before.split('.') : []);
}

function versionOf(text: string, normalize: boolean): Value {
  const version = parsed(normalize ? normalized(text) : text);
  if (!version) throw new CelError('No Major.Minor.Patch elements found');
  return new Opaque(SEMVER_TYPE, version);
}

const version = (value: Value | undefined) => (value as Opaque<Version>).value;
const part = (value: Value | undefined, index: number) => version(value).numbers[index] ?? 0n;

function compared(a: Version, b: Version): bigint {
  for (let i = 0; i < 3; i++) {
    const [x, y] = [a.numbers[i] ?? 0n, b.numbers[i] ?? 0n];
    if (x !== y) return x < y ? -1n : 1n;
  }
  if (a.before.length === 0 || b.before.length === 0) return BigInt(Math.sign(b.before.length - a.before.length));
  for (let i = 0; i < Math.max(a.before.length, b.before.length); i++) {
    const [x, y] = [a.before[i], b.before[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1n : 1n;
    if (x === y) continue;
    const [n, m] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (n && m) return BigInt(x) < BigInt(y) ? -1n : 1n;
    if (n !== m) return n ? -1n : 1n;
    return x < y ? -1n : 1n;
  }
  return 0n;
}

export const versions = (): Library => [
  overload('semver(string): kubernetes.Semver', ([a]) => versionOf(a as string, false)),
  overload('semver(string, bool): kubernetes.Semver', ([a, b]) => versionOf(a as string, b as boolean)),
  overload('isSemver(string): bool', ([a]) => parsed(a as string) !== undefined),
  overload('isSemver(string, bool): bool', ([a, b]) => parsed(b ? normalized(a as string) : (a as string)) !== undefined),
  overload('kubernetes.Semver.major(): int', ([a]) => part(a, 0)),
  overload('kubernetes.Semver.minor(): int', ([a]) => part(a, 1)),
  overload('kubernetes.Semver.patch(): int', ([a]) => part(a, 2)),
  overload('kubernetes.Semver.compareTo(kubernetes.Semver): int', ([a, b]) => compared(version(a), version(b))),
  overload('kubernetes.Semver.isGreaterThan(kubernetes.Semver): bool', ([a, b]) => compared(version(a), version(b)) > 0n),
  overload('kubernetes.Semver.isLessThan(kubernetes.Semver): bool', ([a, b]) => compared(version(a), version(b)) < 0n),
];
