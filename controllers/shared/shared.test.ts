import { describe, expect, test } from 'vitest';
import { realClock } from '../../types/part/clock.ts';
import type { KubeObject } from '../../types/wire.ts';
import { createExpectations } from './expectations.ts';
import { planClaim } from './owners.ts';
import { same } from './same.ts';
import { slowStart } from './slow-start.ts';

describe('expectations', () => {
  test('are met when all that was done has been seen', () => {
    const expectations = createExpectations(realClock);
    expect(expectations.met('a')).toBe(true);
    expectations.expectCreations('a', 2);
    expect([expectations.met('a'), expectations.creationSeen('a')]).toEqual([false, false]);
    expect([expectations.creationSeen('a'), expectations.met('a')]).toEqual([true, true]);
    expectations.expectDeletions('a', ['x']);
    expect([expectations.deletionSeen('a', 'other'), expectations.met('a')]).toEqual([false, false]);
    expect([expectations.deletionSeen('a', 'x'), expectations.met('a')]).toEqual([true, true]);
  });

  test('are given up after a time, as an event may have been lost', () => {
    let now = 0;
    const expectations = createExpectations({ ...realClock, monotonic: () => now });
    expectations.expectCreations('a', 1);
    now = 300_001;
    expect(expectations.met('a')).toBe(true);
  });
});

describe('slow start', () => {
  test('doubles its batches', async () => {
    let [running, most] = [0, 0];
    const outcome = await slowStart(100, async () => {
      most = Math.max(most, ++running);
      await realClock.sleep(0);
      running--;
    });
    expect(outcome).toEqual({ done: 100, skipped: 0 });
    expect(most).toBe(37);
  });

  test('stops after the batch that failed', async () => {
    const outcome = await slowStart(100, async (i) => {
      if (i === 4) throw new Error('full');
    });
    expect(outcome).toMatchObject({ done: 6, skipped: 93, error: new Error('full') });
  });
});

describe('claims', () => {
  const owner: KubeObject = { metadata: { name: 'r', uid: 'r' } };
  const object = (name: string, controller?: string, more: object = {}): KubeObject => ({
    metadata: {
      name,
      ...(controller && { ownerReferences: [{ apiVersion: 'v1', kind: 'R', name: controller, uid: controller, controller: true }] }),
      ...more,
    },
  });
  const names = (objects: KubeObject[]) => objects.map(({ metadata }) => metadata?.name);
  const all = [object('match-mine', 'r'), object('mine', 'r'), object('match-orphan'), object('orphan'), object('match-other', 'o')];
  const matches = ({ metadata }: KubeObject) => metadata?.name?.startsWith('match') ?? false;

  test('what matches is adopted, what does not is released, what is of another is left', () => {
    const claim = planClaim(owner, all, matches);
    expect([names(claim.owned), names(claim.adopt), names(claim.release)]).toEqual([['match-mine'], ['match-orphan'], ['mine']]);
  });

  test('who is being deleted neither adopts nor releases', () => {
    const claim = planClaim({ metadata: { ...owner.metadata, deletionTimestamp: 'now' } }, all, matches);
    expect([names(claim.owned), claim.adopt, claim.release]).toEqual([['match-mine'], [], []]);
  });
});

test.each([
  [{ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: null }, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [undefined, {}, false],
])('same(%j, %j)', (a, b, expected) => {
  expect(same(a, b)).toBe(expected);
  expect(same(b, a)).toBe(expected);
});
