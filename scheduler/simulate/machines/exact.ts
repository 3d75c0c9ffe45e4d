/** The best packing there is, for few items: every item is tried in every bin that is open and in a new one of every kind. */
import { resourcePrices } from './bound.ts';
import { type Bin, costOf, fits, type Problem } from './problem.ts';

/** Beyond so many items, or steps, the search is given up. */
const MOST_ITEMS = 24;
const MOST_STEPS = 400_000;
const NEARLY = 1e-9;

interface Open {
  kind: number;
  free: number[];
  items: number[];
}

/** `undefined`: too many to say. Else the best packing, which is `known` if none is better. */
export function exactPacking(problem: Problem, known: Bin[]): Bin[] | undefined {
  const { items, kinds } = problem;
  const prices = resourcePrices(problem);
  const worth = items.map(({ size }) => size.reduce((sum, amount, r) => sum + amount * (prices[r] as number), 0));
  const order = items.flatMap(({ count }, i) => new Array<number>(Math.min(count, MOST_ITEMS + 1)).fill(i));
  if (order.length > MOST_ITEMS) return undefined;
  order.sort((a, b) => (worth[b] as number) - (worth[a] as number) || a - b);
  let best = known;
  let least = costOf(known, kinds);
  let steps = 0;
  const open: Open[] = [];

  /** What is left to pack is worth at most what the free room is worth and what new bins cost. */
  const hopeless = (at: number, cost: number) => {
    let rest = 0;
    for (let k = at; k < order.length; k++) rest += worth[order[k] as number] as number;
    for (const { free } of open) for (let r = 0; r < free.length; r++) rest -= (free[r] as number) * (prices[r] as number);
    return cost + Math.max(rest, 0) >= least - NEARLY;
  };

  const search = (at: number, cost: number, from: number): void => {
    if (++steps > MOST_STEPS || hopeless(at, cost)) return;
    if (at === order.length) {
      least = cost;
      best = open.map(({ kind, items: held }) => ({ kind, counts: countsOf(held) }));
      return;
    }
    const item = order[at] as number;
    const { size, allowed } = items[item] as Problem['items'][number];
    // Of two equal items the second never goes into an earlier bin than the first.
    const next = (bin: number) => (order[at + 1] === item ? bin : 0);
    for (let b = from; b < open.length; b++) {
      const bin = open[b] as Open;
      if (!allowed[bin.kind] || !fits(bin.free, size) || open.slice(from, b).some((other) => equal(other, bin))) continue;
      enter(bin, item, size);
      search(at + 1, cost, next(b));
      leave(bin, size);
    }
    for (const [kind, { capacity, cost: price }] of kinds.entries()) {
      if (!allowed[kind] || !fits(capacity, size)) continue;
      const bin: Open = { kind, free: [...capacity], items: [] };
      open.push(bin);
      enter(bin, item, size);
      search(at + 1, cost + price, next(open.length - 1));
      open.pop();
    }
  };
  search(0, 0, 0);
  return steps > MOST_STEPS ? undefined : best;
}

const equal = (a: Open, b: Open) => a.kind === b.kind && a.free.every((amount, r) => amount === b.free[r]);

function enter(bin: Open, item: number, size: readonly number[]): void {
  bin.items.push(item);
  for (let r = 0; r < size.length; r++) bin.free[r] = (bin.free[r] as number) - (size[r] as number);
}

function leave(bin: Open, size: readonly number[]): void {
  bin.items.pop();
  for (let r = 0; r < size.length; r++) bin.free[r] = (bin.free[r] as number) + (size[r] as number);
}

function countsOf(held: number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const item of held) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
