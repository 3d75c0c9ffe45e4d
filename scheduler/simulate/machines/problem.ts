/** The packing problem as numbers: kinds of items, kinds of bins, costs. */

/** Items that are alike: they ask for the same and may go into the same bins. */
export interface Item {
  /** By resource, in the problem's order. */
  readonly size: readonly number[];
  readonly count: number;
  /** By bin kind. */
  readonly allowed: readonly boolean[];
}

export interface BinKind {
  readonly name: string;
  /** By resource: what is free in an empty one. */
  readonly capacity: readonly number[];
  /** 1 each for the fewest bins, the price for the cheapest. Above 0. */
  readonly cost: number;
}

/** Every item fits into an empty bin of some kind that it is allowed in. */
export interface Problem {
  readonly items: readonly Item[];
  readonly kinds: readonly BinKind[];
}

export interface Bin {
  kind: number;
  /** How many of each item, by its index. */
  counts: Map<number, number>;
}

export const costOf = (bins: readonly Bin[], kinds: readonly BinKind[]) =>
  bins.reduce((sum, { kind }) => sum + (kinds[kind]?.cost ?? 0), 0);

/** How many of an item still fit. */
export function roomFor(free: readonly number[], size: readonly number[]): number {
  let room = Number.MAX_SAFE_INTEGER;
  for (let r = 0; r < size.length; r++) {
    const amount = size[r] as number;
    if (amount > 0) room = Math.min(room, Math.floor((free[r] as number) / amount));
  }
  return Math.max(room, 0);
}

export const fits = (free: readonly number[], size: readonly number[]) => size.every((amount, r) => amount <= (free[r] as number));
