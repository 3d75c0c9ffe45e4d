/** What no packing can beat. */
import { fits, type Problem } from './problem.ts';

const NEARLY = 1e-9;

/**
 * Prices of the resources such that no bin is worth more than it costs and all items together are worth as much as possible: then that
 * worth bounds the cost from below (linear programming duality). Solved by the simplex method; few resources, few kinds.
 */
export function resourcePrices({ items, kinds }: Problem): number[] {
  const size = items[0]?.size.length ?? 0;
  const demand = Array.from({ length: size }, (_, r) => items.reduce((sum, item) => sum + item.count * (item.size[r] as number), 0));
  // Scaled to shares of the largest bin, so that bytes and cpus are numbers of one size.
  const scale = Array.from({ length: size }, (_, r) => Math.max(1e-12, ...kinds.map((kind) => kind.capacity[r] as number)));
  const rows = kinds.map((kind) => kind.capacity.map((amount, r) => amount / (scale[r] as number)));
  const solved = maximize(
    demand.map((amount, r) => amount / (scale[r] as number)),
    rows,
    kinds.map((kind) => kind.cost),
  );
  return solved.map((price, r) => price / (scale[r] as number));
}

/** The x >= 0 that maximizes gain·x under rows·x <= limits, where limits >= 0. Bland's rule: it ends. */
function maximize(gain: number[], rows: number[][], limits: number[]): number[] {
  const n = gain.length;
  const m = rows.length;
  const table = rows.map((row, i) => [...row, ...rows.map((_, j) => (i === j ? 1 : 0)), limits[i] as number]);
  const last = [...gain.map((g) => -g), ...rows.map(() => 0), 0];
  const basis = rows.map((_, i) => n + i);
  for (;;) {
    const enters = last.findIndex((value, j) => j < n + m && value < -NEARLY);
    if (enters < 0) break;
    const leaves = ratioTest(table, basis, enters);
    if (leaves < 0) break;
    pivot([...table, last], leaves, enters);
    basis[leaves] = enters;
  }
  const x = new Array<number>(n).fill(0);
  for (const [i, column] of basis.entries()) if (column < n) x[column] = table[i]?.at(-1) as number;
  return x;
}

function ratioTest(table: number[][], basis: number[], enters: number): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, row] of table.entries()) {
    const factor = row[enters] as number;
    if (factor <= NEARLY) continue;
    const ratio = (row.at(-1) as number) / factor;
    if (ratio > least + NEARLY || (ratio > least - NEARLY && (basis[i] as number) > (basis[best] ?? Number.MAX_SAFE_INTEGER))) continue;
    best = i;
    least = ratio;
  }
  return best;
}

function pivot(rows: number[][], at: number, column: number): void {
  const row = rows[at] as number[];
  const factor = row[column] as number;
  for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) / factor;
  for (const [i, other] of rows.entries()) {
    const times = other[column] as number;
    if (i === at || times === 0) continue;
    for (let j = 0; j < other.length; j++) other[j] = (other[j] as number) - times * (row[j] as number);
  }
}

/** Items of more than half of the largest bin each need a bin of their own. */
function bigItems({ items, kinds }: Problem): number {
  const size = items[0]?.size.length ?? 0;
  let best = 0;
  for (let r = 0; r < size; r++) {
    const largest = Math.max(...kinds.map((kind) => kind.capacity[r] as number));
    let sum = 0;
    for (const item of items) if ((item.size[r] as number) * 2 > largest) sum += item.count * cheapestFor(item.size, item.allowed, kinds);
    best = Math.max(best, sum);
  }
  return best;
}

function cheapestFor(size: readonly number[], allowed: readonly boolean[], kinds: Problem['kinds']): number {
  return Math.min(...kinds.filter((kind, k) => allowed[k] && fits(kind.capacity, size)).map((kind) => kind.cost));
}

/** `whole`: costs are whole numbers. */
export function lowerBound(problem: Problem, whole: boolean): number {
  if (problem.items.length === 0) return 0;
  const prices = resourcePrices(problem);
  const worth = problem.items.reduce(
    (sum, { size, count }) => sum + count * size.reduce((s, amount, r) => s + amount * (prices[r] as number), 0),
    0,
  );
  const least = Math.max(
    worth * (1 - NEARLY),
    bigItems(problem),
    ...problem.items.map((i) => cheapestFor(i.size, i.allowed, problem.kinds)),
  );
  return whole ? Math.ceil(least - 1e-6) : least;
}
