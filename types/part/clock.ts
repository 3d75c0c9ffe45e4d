/**
 * Time is injected: this is the only file that asks the machine what time it is or sets a timer.
 * A later virtual clock implements the same interface, so that a whole cluster runs in simulated time.
 */

/** A timer that can be called off. `unref` keeps it from holding the process open. */
export interface Timer {
  cancel(): void;
  unref(): void;
}

export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Milliseconds with a fraction from an arbitrary start, never going back; for measuring. */
  monotonic(): number;
  /** Calls `run` once, after `ms` milliseconds. */
  after(ms: number, run: () => void): Timer;
  /** Calls `run` once, when what is ready now has been handled: for gathering what comes together into one piece of work. */
  soon(run: () => void): void;
  /** Calls `run` every `ms` milliseconds. */
  every(ms: number, run: () => void): Timer;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

function wrap(handle: NodeJS.Timeout, clear: (handle: NodeJS.Timeout) => void): Timer {
  return { cancel: () => clear(handle), unref: () => void handle.unref() };
}

/** Node's timers take no longer (25 days); what they are given more runs at once. */
const LONGEST_MS = 2 ** 31 - 1;

function timerAfter(ms: number, run: () => void): Timer {
  if (ms <= LONGEST_MS) return wrap(setTimeout(run, ms), clearTimeout);
  let held = true;
  let stage: Timer = timerAfter(LONGEST_MS, () => {
    stage = timerAfter(ms - LONGEST_MS, run);
    if (!held) stage.unref();
  });
  const unref = () => {
    held = false;
    stage.unref();
  };
  return { cancel: () => stage.cancel(), unref };
}

/** The machine's own clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: timerAfter,
  soon: (run) => void setImmediate(run),
  every: (ms, run) => wrap(setInterval(run, ms), clearInterval),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        timer.cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = timerAfter(ms, done);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** RFC 3339 in whole seconds, as `metav1.Time` is written: `2026-11-20T13:00:00Z`. */
export function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with microseconds, as `metav1.MicroTime` is written: `2026-11-20T13:00:00.123000Z`. */
export function rfc3339Micro(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.floor((ms - whole) * 1000);
  return `${new Date(whole).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
}
