/**
 * queue/ holds one contract, two implementations under one suite (in memory, and on BullMQ for work that must outlive a process), and the
 * one loop that runs work from a queue.
 *
 * The contract: one entry a key; never two workers on a key; an add during a run means one more run after it; the earliest due time
 * wins; a failed run comes again after a backoff that doubles; a drain lets the runs under way end and starts no more.
 */

export interface AddOptions {
  /** Not before this many milliseconds from now. Default 0. */
  after?: number;
}

/** What a run asks for when it ends well. `undefined`: nothing more until the next add. */
export type Outcome = undefined | { requeueAfter: number };

/** Runs one key. Rejecting means: again, after a backoff. Rejecting with `Terminal` means: not again until the next add. */
export type Work = (key: string, signal: AbortSignal) => Promise<Outcome>;

export class Terminal extends Error {
  override name = 'Terminal';
}

export interface WorkOptions {
  /** Keys run at the same time, at most. Default 1. */
  workers?: number;
  /** Called with every error of a run, before its backoff. */
  onError?: (key: string, error: unknown, attempt: number) => void;
}

export interface BackoffOptions {
  /** Milliseconds before the second try; doubles with each. Default 5 (as client-go's rate limiter). */
  base?: number;
  /** Milliseconds at most. Default 1,000,000 (as client-go's rate limiter). */
  max?: number;
}

export interface Queue {
  readonly name: string;
  /** For a durable queue, resolves when the entry is safe. */
  add(key: string, options?: AddOptions): Promise<void>;
  /** Starts the workers. Once only. */
  work(run: Work, options?: WorkOptions): void;
  /** Entries due or waiting for their time, those being run not counted. */
  length(): Promise<number>;
  /** Lets the runs under way end, starts no more, and gives the resources back. Entries of a durable queue stay for the next process. */
  drain(): Promise<void>;
}
