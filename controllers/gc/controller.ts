/** Garbage collector: deletes what is owned by nothing any more, and carries out foreground and orphan deletions. */
import { isConflict } from '../../client/errors.ts';
import { runLoop } from '../../queue/loop.ts';
import { createMemoryQueue } from '../../queue/memory.ts';
import type { Outcome } from '../../queue/queue.ts';
import type { Controller, Env } from '../controller.ts';
import { type Catalogue, createCatalogue } from '../shared/catalogue.ts';
import { apply } from './apply.ts';
import { createGraph } from './graph.ts';
import { createMonitors, type Monitors } from './monitors.ts';
import { type OwnerLookup, stateOf, UnknownKind } from './owners.ts';
import { planDeleting, planOwned } from './plan.ts';

/** An owner that has not been seen may be on its way to us: its dependents are looked at this much later (ms). */
const LATE_MS = 300;
const UNKNOWN_KIND_MS = 30_000;
/** How often (ms) the resources of the server are asked for again. */
const REFRESH_MS = 30_000;

const NAME = 'garbage-collector-controller';

export const garbageCollector: Controller = {
  name: NAME,
  start: (env) => {
    const { ctx, client } = env;
    const queue = createMemoryQueue(NAME, ctx.clock);
    const look = (uid: string, atOnce: boolean) => void queue.add(uid, atOnce ? {} : { after: LATE_MS });
    const graph = createGraph(look);
    const catalogue = createCatalogue(env);
    const monitors = createMonitors(env, catalogue, graph);
    const lookup: OwnerLookup = { graph, client, catalogue, recorder: env.record(NAME), absent: new Set() };
    const { clock, log, signal } = ctx;
    const workers = env.options['concurrent-gc-syncs'];
    const reconcile = (uid: string) => collect(lookup, uid, (other) => look(other, true));
    const synced = follow(env, catalogue, monitors);
    return runLoop({ name: NAME, queue, synced, reconcile, workers, clock, log, signal }).stopped;
  },
};

/** Resolves when the graph is filled; goes on following what resources there are. */
async function follow(env: Env, catalogue: Catalogue, monitors: Monitors): Promise<void> {
  const { clock, log, signal } = env.ctx;
  // After all others: nothing waits for the garbage collector when a cluster comes up.
  await Promise.resolve();
  await env.informers.whenSynced();
  let refreshing = Promise.resolve();
  const refresh = () => {
    refreshing = refreshing
      .then(() => monitors.refresh())
      .catch((error: unknown) => log.warn({ error: String(error) }, 'could not ask for the resources of the server'));
    return refreshing;
  };
  await refresh();
  catalogue.onChange(() => void refresh());
  const timer = clock.every(REFRESH_MS, () => void refresh());
  signal.addEventListener('abort', () => timer.cancel(), { once: true });
}

async function collect(lookup: OwnerLookup, uid: string, press: (uid: string) => void): Promise<Outcome> {
  const { graph, client } = lookup;
  const node = graph.get(uid);
  if (!node) return undefined;
  try {
    const action = planDeleting(node, graph.dependents(uid)) ?? (await planByOwners(lookup, uid));
    await apply(client, graph, press, node, action);
    return undefined;
  } catch (error) {
    if (error instanceof UnknownKind) return { requeueAfter: UNKNOWN_KIND_MS };
    // The news that we lack is on its way.
    if (isConflict(error)) return { requeueAfter: 10 };
    throw error;
  }
}

async function planByOwners(lookup: OwnerLookup, uid: string): Promise<ReturnType<typeof planOwned>> {
  const node = lookup.graph.get(uid);
  if (!node) return { do: 'nothing' };
  const states = await Promise.all(node.owners.map((owner) => stateOf(lookup, node, owner)));
  return planOwned(node, states, [...lookup.graph.dependents(uid)]);
}
