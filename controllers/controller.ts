/** What a controller is, and what each is given. */
import type { Client } from '../client/client.ts';
import type { Recorder } from '../client/events.ts';
import type { Informers } from '../client/informer.ts';
import { type Loop, runLoop } from '../queue/loop.ts';
import { createMemoryQueue } from '../queue/memory.ts';
import type { PartContext } from '../types/part/part.ts';
import type { ControllerOptions } from './options.ts';

export interface Env {
  ctx: PartContext;
  client: Client;
  /** Shared by all controllers of the process and started when all have asked for theirs; `whenSynced` is about this controller's own. */
  informers: Informers;
  options: ControllerOptions;
  /** One recorder for each component name. */
  record(component: string): Recorder;
}

export interface Controller {
  /** As in `--controllers`. */
  name: string;
  /** Asks for its informers, connects its handlers and starts its loop; resolves when it has ended after the abort. */
  start(env: Env): Promise<void>;
}

type Piece = Pick<Loop, 'sources' | 'reconcile' | 'workers'> & { name: string; synced?: Promise<unknown> };

/** Short, so that after an outage of the API all is as it should be soon. (kube-controller-manager goes up to 1000 s.) */
const LONGEST_BACKOFF_MS = 15_000;

/** Runs a loop on a queue in memory that begins when the informers have synced. */
export function loopOf(env: Env, piece: Piece): Promise<void> {
  const { clock, log, signal } = env.ctx;
  const synced = Promise.withResolvers<unknown>();
  // What a controller asks for after this is waited for too.
  queueMicrotask(() => synced.resolve(Promise.all([env.informers.whenSynced(), piece.synced])));
  const queue = createMemoryQueue(piece.name, clock, { max: LONGEST_BACKOFF_MS });
  return runLoop({ clock, log, signal, ...piece, queue, synced: synced.promise }).stopped;
}
