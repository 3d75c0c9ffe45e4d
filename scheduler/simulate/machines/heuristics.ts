/** Good packings, quickly: several greedy rules, the best of which is kept. */
import { resourcePrices } from './bound.ts';
import { type Bin, costOf, fits, type Problem, roomFor } from './problem.ts';

interface Rule {
  /** Kinds that bins are opened of. */
  readonly kinds: readonly number[];
  /** How much an item is worth by being packed; larger ones go first. */
  readonly worth: readonly number[];
}

function put(bin: Bin, free: number[], item: number, count: number, size: readonly number[]): void {
  if (count <= 0) return;
  bin.counts.set(item, (bin.counts.get(item) ?? 0) + count);
  for (let r = 0; r < free.length; r++) free[r] = (free[r] as number) - count * (size[r] as number);
}

/** Fills one empty bin with what is left: always the item that fits and whose shape is most like the room that is left, or (`bySize`) is largest. */
function fill({ items, kinds }: Problem, kind: number, left: readonly number[], { worth }: Rule, bySize: boolean): Bin {
  const bin: Bin = { kind, counts: new Map() };
  const capacity = kinds[kind]?.capacity ?? [];
  const free = [...capacity];
  for (;;) {
    let best = -1;
    let highest = 0;
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as Problem['items'][number];
      if ((left[i] as number) <= (bin.counts.get(i) ?? 0) || !item.allowed[kind] || !fits(free, item.size)) continue;
      const value = bySize ? (worth[i] as number) : (worth[i] as number) * (1 + alike(item.size, free, capacity));
      if (value > highest) {
        best = i;
        highest = value;
      }
    }
    if (best < 0) return bin;
    const { size } = items[best] as Problem['items'][number];
    const most = Math.min((left[best] as number) - (bin.counts.get(best) ?? 0), roomFor(free, size));
    put(bin, free, best, bySize ? most : 1, size);
  }
}

/** The cosine between what an item asks for and what is free, in shares of the bin. */
function alike(size: readonly number[], free: readonly number[], capacity: readonly number[]): number {
  let [dot, a, b] = [0, 0, 0];
  for (let r = 0; r < size.length; r++) {
    const whole = (capacity[r] as number) || 1;
    const x = (size[r] as number) / whole;
    const y = (free[r] as number) / whole;
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return a > 0 && b > 0 ? dot / Math.sqrt(a * b) : 0;
}

/** Bin after bin: of each kind one is filled, and the one that holds the most worth for its cost is taken. */
function greedy(problem: Problem, rule: Rule, bySize: boolean): Bin[] | undefined {
  const { items, kinds } = problem;
  const left = items.map((item) => item.count);
  const bins: Bin[] = [];
  for (let all = left.reduce((a, b) => a + b, 0); all > 0; ) {
    const filled = rule.kinds.map((kind) => fill(problem, kind, left, rule, bySize));
    const holds = (bin: Bin) => [...bin.counts].reduce((sum, [i, n]) => sum + n * (rule.worth[i] as number), 0);
    const best = filled.sort((a, b) => holds(b) / (kinds[b.kind]?.cost ?? 1) - holds(a) / (kinds[a.kind]?.cost ?? 1))[0];
    if (!best || best.counts.size === 0) return undefined;
    // The same again, as often as there is enough left for it.
    const times = Math.min(...[...best.counts].map(([i, n]) => Math.floor((left[i] as number) / n)));
    for (let t = 0; t < times; t++) bins.push({ kind: best.kind, counts: new Map(best.counts) });
    for (const [i, n] of best.counts) {
      left[i] = (left[i] as number) - n * times;
      all -= n * times;
    }
  }
  return bins;
}

/** Each bin becomes one of the cheapest kind that holds what is in it. */
function downsized(bins: Bin[], { items, kinds }: Problem): Bin[] {
  const byCost = [...kinds.keys()].sort((a, b) => (kinds[a]?.cost ?? 0) - (kinds[b]?.cost ?? 0));
  return bins.map((bin) => {
    const held = [...bin.counts].map(([i, n]) => ({ item: items[i] as Problem['items'][number], n }));
    const sum = (kinds[bin.kind]?.capacity ?? []).map((_, r) => held.reduce((s, { item, n }) => s + n * (item.size[r] as number), 0));
    const kind = byCost.find((k) => fits(kinds[k]?.capacity ?? [], sum) && held.every(({ item }) => item.allowed[k])) ?? bin.kind;
    return (kinds[kind]?.cost ?? 0) < (kinds[bin.kind]?.cost ?? 0) ? { ...bin, kind } : bin;
  });
}

function rulesFor(problem: Problem): Rule[] {
  const { items, kinds } = problem;
  const all = [...kinds.keys()];
  const prices = resourcePrices(problem);
  const largest = prices.map((_, r) => Math.max(1e-12, ...kinds.map((kind) => kind.capacity[r] as number)));
  const shares = items.map(({ size }) => size.map((amount, r) => amount / (largest[r] as number)));
  const worths = [
    items.map(
      ({ size }, i) => size.reduce((s, amount, r) => s + amount * (prices[r] as number), 0) + 1e-9 * Math.max(...(shares[i] ?? [0])),
    ),
    shares.map((share) => Math.max(...share) + 1e-9),
    shares.map((share) => share.reduce((a, b) => a + b, 0) + 1e-9),
  ];
  return [all, ...(all.length > 1 ? all.map((kind) => [kind]) : [])].flatMap((of) => worths.map((worth) => ({ kinds: of, worth })));
}

/** Every item is in some bin. */
export function goodPacking(problem: Problem): Bin[] {
  let best: Bin[] | undefined;
  for (const rule of rulesFor(problem)) {
    for (const bySize of [true, false]) {
      const found = greedy(problem, rule, bySize);
      const bins = found && downsized(found, problem);
      if (bins && (!best || costOf(bins, problem.kinds) < costOf(best, problem.kinds))) best = bins;
    }
  }
  return best ?? [];
}
