/** One evaluation: its variables, and what it has cost. */
import { CostError } from './fault.ts';
import type { Value } from './value.ts';

export type Run = (frame: Frame) => Value;

/** Gives a variable's value; undefined: there is none of that name. */
export type Variables = (name: string) => Value | undefined;

export class Frame {
  readonly read: Variables;
  /** Of macros' variables, by their slots. */
  readonly locals: Value[] = [];
  readonly #limit: number;
  #cost = 0;

  constructor(read: Variables, limit: number) {
    this.read = read;
    this.#limit = limit;
  }

  get cost(): number {
    return Math.ceil(this.#cost);
  }

  /** Throws `CostError` when there is nothing left to spend. */
  readonly charge = (cost: number): void => {
    this.#cost += cost;
    if (this.#cost > this.#limit) throw new CostError('operation cancelled: actual cost limit exceeded');
  };
}

/** Where the variables of macros are kept, the innermost first. */
export interface Slots {
  name: string;
  slot: number;
  outer: Slots | undefined;
}

export function slotOf(slots: Slots | undefined, name: string): number | undefined {
  for (let at = slots; at; at = at.outer) if (at.name === name) return at.slot;
  return undefined;
}

export const withSlot = (outer: Slots | undefined, name: string): Slots => ({ name, slot: (outer?.slot ?? -1) + 1, outer });
