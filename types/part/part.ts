/**
 * A part (api, controllers, scheduler, nodes, mesh) is a value, not a process: it is started by a function that is given all it
 * needs, and it holds no global state. Importing a part starts nothing.
 */
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Random } from './random.ts';

/** What every part is given. Each part's own options come beside it. */
export interface PartContext {
  clock: Clock;
  random: Random;
  log: Log;
  /** Aborts when the part must end: it stops taking work, finishes what it is in the middle of, and resolves `stopped`. */
  signal: AbortSignal;
}

/** A started part. */
export interface RunningPart {
  /** Resolves when the part does its work (its caches are filled, its sockets listen). Rejects when it can't be started. */
  ready: Promise<void>;
  /** Resolves when the part has ended after its signal was aborted; rejects when it failed for good. */
  stopped: Promise<void>;
}
