import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clock, realClock } from '../../types/part/clock.ts';
import { AddressesExhausted, createAddresses } from './addresses.ts';
import { addressOf, numberOf, parseCidr } from './cidr.ts';

function manualClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  const pass = (ms: number) => {
    now += ms;
  };
  return { ...realClock, now: () => now, pass };
}

type Step = { do: 'assign' | 'release'; owner: string } | { do: 'pass'; ms: number };
const owner = fc.integer({ min: 0, max: 30 }).map(String);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('assign' as const, 'release' as const), owner }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
);

test('whatever comes, no address has two owners, none comes back before its rest, none leaves the range', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const clock = manualClock();
      const addresses = createAddresses(parseCidr('127.24.0.0/28'), clock);
      const owned = new Map<string, string>();
      const releasedAt = new Map<string, number>();
      for (const s of steps) {
        if (s.do === 'pass') clock.pass(s.ms);
        else if (s.do === 'release') {
          const address = owned.get(s.owner);
          if (address) releasedAt.set(address, clock.now());
          owned.delete(s.owner);
          addresses.release(s.owner);
        } else if (!owned.has(s.owner)) {
          const resting = [...releasedAt.values()].filter((at) => clock.now() - at < 30_000).length;
          if (owned.size + resting >= 16) {
            expect(() => addresses.assign(s.owner)).toThrow(AddressesExhausted);
            continue;
          }
          const address = addresses.assign(s.owner);
          expect([...owned.values()]).not.toContain(address);
          expect(clock.now() - (releasedAt.get(address) ?? -30_000)).toBeGreaterThanOrEqual(30_000);
          expect(numberOf(address) - numberOf('127.24.0.0')).toBeLessThan(16);
          releasedAt.delete(address);
          owned.set(s.owner, address);
        } else expect(addresses.assign(s.owner)).toBe(owned.get(s.owner));
        expect(addresses.held).toBe(owned.size);
      }
    }),
  );
});

test('an adopted address stays its owner’s and is handed to no other', () => {
  const addresses = createAddresses(parseCidr('127.24.0.0/30'), manualClock());
  expect(addresses.adopt('a', '127.24.0.1')).toBe(true);
  expect(addresses.adopt('b', '127.24.0.1')).toBe(false);
  expect(addresses.adopt('b', '127.99.0.1')).toBe(false);
  expect(addresses.assign('a')).toBe('127.24.0.1');
  expect(['b', 'c', 'd'].map((o) => addresses.assign(o))).not.toContain('127.24.0.1');
});

test('a large range leaves out .0 and .255', () => {
  const addresses = createAddresses(parseCidr('127.24.0.0/22'), manualClock());
  const all = Array.from({ length: 4 * 254 }, (_, i) => addresses.assign(String(i)));
  expect(all.some((a) => /\.(0|255)$/.test(a))).toBe(false);
  expect(() => addresses.assign('one more')).toThrow('in use');
});

test.each([
  ['127.24.0.0/13', { first: 0x7f180000, size: 2 ** 19 }],
  ['127.0.0.0/8', { first: 0x7f000000, size: 2 ** 24 }],
])('the range %s', (text, range) => {
  expect(parseCidr(text)).toEqual(range);
  expect(addressOf(range.first)).toBe(text.split('/')[0]);
});

test.each(['10.0.0.0/8', '127.24.0.0', '127.24.0.1/13', '127.0.0.0/7', 'x/8', '127.0.0.256/32'])('refuses the range %s', (text) => {
  expect(() => parseCidr(text)).toThrow();
});
