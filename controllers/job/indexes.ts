/** Sets of completion indexes as their status fields write them: `0,2-5,8`. Kept as ascending ranges, since they can be very many. */
type Range = [first: number, last: number];
export type Indexes = Range[];

/** Indexes of `limit` and above are left out (a job that was made smaller). */
export function parseIndexes(text: string | undefined, limit: number): Indexes {
  const ranges: Indexes = [];
  for (const part of (text ?? '').split(',')) {
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined || Number(first) >= limit) continue;
    add(ranges, Number(first), Math.min(Number(last ?? first), limit - 1));
  }
  return ranges;
}

/** `first` is not below what is there. */
function add(ranges: Indexes, first: number, last: number): void {
  const before = ranges.at(-1);
  if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
  else ranges.push([first, last]);
}

export const formatIndexes = (indexes: Indexes): string =>
  indexes.map(([first, last]) => (first === last ? first : `${first}${last === first + 1 ? ',' : '-'}${last}`)).join(',');

export const countIndexes = (indexes: Indexes): number => indexes.reduce((sum, [first, last]) => sum + last - first + 1, 0);

export const hasIndex = (indexes: Indexes, index: number): boolean => indexes.some(([first, last]) => first <= index && index <= last);

export function withIndexes(indexes: Indexes, added: Iterable<number>): Indexes {
  const all = [...indexes, ...[...added].map((index): Range => [index, index])].sort((a, b) => a[0] - b[0]);
  const union: Indexes = [];
  for (const [first, last] of all) add(union, first, last);
  return union;
}

/** How many of `indexes` are in `among`. */
export function countAmong(indexes: Indexes, among: Indexes): number {
  let count = 0;
  for (const [a, b] of indexes) for (const [c, d] of among) count += Math.max(0, Math.min(b, d) - Math.max(a, c) + 1);
  return count;
}

/** The lowest `count` below `limit` that are in none of `taken`. */
export function firstFree(taken: Indexes, count: number, limit: number): number[] {
  const free: number[] = [];
  let next = 0;
  for (const [first, last] of [...taken, [limit, limit] as Range]) {
    for (; next < Math.min(first, limit) && free.length < count; next++) free.push(next);
    next = Math.max(next, last + 1);
  }
  return free;
}
