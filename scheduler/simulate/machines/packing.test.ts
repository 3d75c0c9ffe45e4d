import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBound } from './bound.ts';
import { exactPacking } from './exact.ts';
import { goodPacking } from './heuristics.ts';
import { type Bin, costOf, type Problem } from './problem.ts';

const problem = fc
  .record({
    sizes: fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 5,
    }),
    costs: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
  })
  .map(
    ({ sizes, costs }): Problem => ({
      items: sizes.map(([a, b, count]) => ({ size: [a, b], count, allowed: [true, a <= 5 && b <= 5] })),
      kinds: [
        { name: 'large', capacity: [10, 10], cost: costs[0] },
        { name: 'small', capacity: [5, 5], cost: costs[1] },
      ],
    }),
  );

/** Every item once, no bin too full. */
function isPacking(bins: Bin[], { items, kinds }: Problem): boolean {
  const packed = items.map((_, i) => bins.reduce((sum, bin) => sum + (bin.counts.get(i) ?? 0), 0));
  const within = bins.every(({ kind, counts }) =>
    (kinds[kind]?.capacity ?? []).every((all, r) => [...counts].reduce((s, [i, n]) => s + n * (items[i]?.size[r] ?? 0), 0) <= all),
  );
  return within && items.every((item, i) => packed[i] === item.count);
}

/** The plainest way: item by item into every bin, no pruning but by cost. */
function bruteForce({ items, kinds }: Problem): number {
  const order = items.flatMap((item) => new Array(item.count).fill(item) as (typeof item)[]);
  let best = Number.POSITIVE_INFINITY;
  const search = (at: number, open: number[][], cost: number): void => {
    if (cost >= best) return;
    const item = order[at];
    if (!item) {
      best = cost;
      return;
    }
    const goes = (free: number[]) => item.size.every((amount, r) => amount <= (free[r] as number));
    const less = (free: readonly number[]) => free.map((amount, r) => amount - (item.size[r] as number));
    for (const [b, free] of open.entries()) if (goes(free)) search(at + 1, open.with(b, less(free)), cost);
    for (const kind of kinds) if (goes([...kind.capacity])) search(at + 1, [...open, less(kind.capacity)], cost + kind.cost);
  };
  search(0, [], 0);
  return best;
}

describe('packing', () => {
  it('is valid, bounded from below, and exact where it says so', () => {
    fc.assert(
      fc.property(problem, (given) => {
        const good = goodPacking(given);
        expect(isPacking(good, given)).toBe(true);
        const bound = lowerBound(given, true);
        expect(bound).toBeLessThanOrEqual(costOf(good, given.kinds));
        const exact = exactPacking(given, good);
        if (!exact) return;
        expect(isPacking(exact, given)).toBe(true);
        expect(costOf(exact, given.kinds)).toBeGreaterThanOrEqual(bound);
        if (given.items.reduce((sum, item) => sum + item.count, 0) <= 7) expect(costOf(exact, given.kinds)).toBe(bruteForce(given));
      }),
      { numRuns: 200 },
    );
  });

  it('packs many alike in no time', () => {
    const given: Problem = {
      items: [
        { size: [300, 700], count: 20_000, allowed: [true, true] },
        { size: [900, 100], count: 10_000, allowed: [true, true] },
      ],
      kinds: [
        { name: 'a', capacity: [16_000, 64_000], cost: 1 },
        { name: 'b', capacity: [4_000, 16_000], cost: 1 },
      ],
    };
    const bins = goodPacking(given);
    expect(isPacking(bins, given)).toBe(true);
    expect(bins.length).toBeLessThanOrEqual(lowerBound(given, true) * 1.02);
  });
});
