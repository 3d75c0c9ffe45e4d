/** The processes of an instance, in start order; they end in the reverse order. */
import type { ChildStatus } from './child.ts';

/** A process that is kept running: a part of ours, or the private Redis. */
export interface Supervised {
  start(): void;
  /** Resolves at its first readiness, rejects when it can't come up. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
  status(): ChildStatus;
}

export class Supervisor {
  readonly #children: Supervised[] = [];

  /** Starts a process after those before it; it need not be ready for the next to start. */
  add(child: Supervised): Promise<void> {
    this.#children.push(child);
    child.start();
    return child.ready;
  }

  status(): ChildStatus[] {
    return this.#children.map((child) => child.status());
  }

  /** Clients of the API first, the API last. */
  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) await child.stop();
  }
}
