/** The one loop that every controller runs on: wait until the sources are complete, run N workers, catch everything, drain at the end. */
import type { Clock } from '../types/part/clock.ts';
import type { Log } from '../types/part/log.ts';
import type { AddOptions, Queue, Work } from './queue.ts';

export type Add = (key: string, options?: AddOptions) => void;

/** One run of a key, told to `observe`. */
export interface Run {
  loop: string;
  key: string;
  milliseconds: number;
  /** Of a run that failed. */
  error?: unknown;
}

export interface Loop {
  /** In logs and metrics. */
  name: string;
  /** Drained at the end. */
  queue: Queue;
  /** Called once, at the start: connects what produces keys (informer handlers, timers) to `add`. */
  sources?: (add: Add) => void;
  /** The workers start when this resolves. A rejection ends the loop. */
  synced?: Promise<unknown>;
  /** Brings the world of one key to what it should be. Called for the same key again whenever something may have changed. */
  reconcile: Work;
  /** Keys reconciled at the same time, at most. Default 1. */
  workers?: number;
  log: Log;
  clock: Clock;
  signal: AbortSignal;
  /** Hook for metrics. */
  observe?: (run: Run) => void;
}

/** `stopped` resolves when the signal was aborted and the last run has ended; it rejects when `synced` did. */
export function runLoop(loop: Loop): { stopped: Promise<void> } {
  const { name, queue, log } = loop;
  loop.sources?.((key, options) => {
    queue.add(key, options).catch((error: unknown) => log.error({ loop: name, key, error }, 'could not queue a key'));
  });
  return { stopped: live(loop) };
}

async function live(loop: Loop): Promise<void> {
  const { name, queue, log, signal } = loop;
  const aborted = whenAborted(signal);
  try {
    await Promise.race([loop.synced, aborted]);
    if (!signal.aborted) queue.work(observed(loop), { workers: loop.workers ?? 1, onError: (...told) => report(log, name, ...told) });
    await aborted;
  } finally {
    await queue.drain();
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function observed({ name, reconcile, observe, clock }: Loop): Work {
  if (!observe) return reconcile;
  return async (key, signal) => {
    const start = clock.monotonic();
    try {
      const outcome = await reconcile(key, signal);
      observe({ loop: name, key, milliseconds: clock.monotonic() - start });
      return outcome;
    } catch (error) {
      observe({ loop: name, key, milliseconds: clock.monotonic() - start, error });
      throw error;
    }
  };
}

/** Some errors list all that is wrong. */
const MAX_MESSAGE = 500;

/** A first failure is the daily bread of optimistic concurrency and not worth a line in the log. */
function report(log: Log, loop: string, key: string, error: unknown, attempt: number): void {
  const message = error instanceof Error ? error.message : String(error);
  const fields = { loop, key, attempt, error: message.slice(0, MAX_MESSAGE) };
  if (attempt === 1) log.debug(fields, 'reconciling failed, trying again');
  else if (attempt <= 3 || (attempt & (attempt - 1)) === 0) log.warn(fields, 'reconciling failed, trying again');
}
