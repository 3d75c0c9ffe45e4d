import { SlowReader } from './errors.ts';
import type { Change } from './store.ts';

/**
 * What one tail has not read yet. The feed never waits for a reader: it pushes, and a reader that lets more than `limit` changes pile up
 * is cut off with `SlowReader`.
 */
export class Backlog {
  readonly #limit: number;
  #batches: Change[][] = [];
  #size = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(batch: Change[]): void {
    if (this.#ended) return;
    this.#batches.push(batch);
    this.#size += batch.length;
    if (this.#size > this.#limit) this.fail(new SlowReader(`a reader left more than ${this.#limit} changes unread`));
    else this.#wake?.();
  }

  /** Ends the tail with an error; what is unread is dropped. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#failure = error;
    this.end();
  }

  /** Ends the tail quietly; what is unread is dropped. */
  end(): void {
    this.#ended = true;
    this.#batches = [];
    this.#wake?.();
  }

  /** All that is unread, waiting until there is something; undefined when ended. */
  async take(): Promise<Change[] | undefined> {
    while (!this.#ended && this.#batches.length === 0) await this.#pushed();
    if (this.#failure) throw this.#failure;
    if (this.#ended) return undefined;
    const batches = this.#batches;
    this.#batches = [];
    this.#size = 0;
    return batches.length === 1 ? batches[0] : batches.flat();
  }

  #pushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
