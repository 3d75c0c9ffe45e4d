/** The last decisions, in a ring: what is kept of one is a few words, so that keeping them costs the scheduler nothing that shows. */
import type { Decision } from '../schedule-one.ts';

export interface DecisionRecord {
  /** RFC 3339. */
  time: string;
  /** `namespace/name`. */
  pod: string;
  /** How often the pod was tried, this time included. */
  attempt: number;
  result: 'placed' | 'refused';
  node?: string;
  /** Nodes that passed the filters. */
  feasible?: number;
  message?: string;
  nominated?: string;
}

interface Entry {
  at: number;
  pod: string;
  attempt: number;
  decision: Decision;
}

const KEPT = 4096;

export class DecisionLog {
  readonly #ring: (Entry | undefined)[];
  #next = 0;

  /** Default: the last 4,096. */
  constructor(kept = KEPT) {
    this.#ring = new Array(kept);
  }

  /** `at`: milliseconds since 1970. */
  record(at: number, pod: string, attempt: number, decision: Decision): void {
    this.#ring[this.#next++ % this.#ring.length] = { at, pod, attempt, decision };
  }

  /** The newest first; `pod`: of this one alone. */
  recent(limit: number, pod?: string): DecisionRecord[] {
    const found: DecisionRecord[] = [];
    const oldest = Math.max(0, this.#next - this.#ring.length);
    for (let i = this.#next - 1; i >= oldest && found.length < limit; i--) {
      const entry = this.#ring[i % this.#ring.length];
      if (entry && (pod === undefined || entry.pod === pod)) found.push(recordOf(entry));
    }
    return found;
  }
}

function recordOf({ at, pod, attempt, decision }: Entry): DecisionRecord {
  const head = { time: new Date(at).toISOString(), pod, attempt };
  if (decision.result === 'placed') return { ...head, result: 'placed', node: decision.node, feasible: decision.feasible };
  const { message, nominate } = decision;
  return { ...head, result: 'refused', message, ...(nominate && { nominated: nominate.node }) };
}
