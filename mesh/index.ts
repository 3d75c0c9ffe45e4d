/**
 * The mesh's controller. It watches Services, EndpointSlices, HTTPRoutes and ReferenceGrants, and its pieces hand on to each other:
 *
 *   sources      informers and their indexes
 *   translator   what changed > intermediate form (ir/) > resources of the proxies (config/)
 *   push         resources > proxies, over a Unix socket, and their answers
 *   status       answers and verdicts > conditions of the routes and events of the Services
 */
import type { Client } from '../client/client.ts';
import { recorder } from '../client/events.ts';
import { createInformers } from '../client/informers.ts';
import { runLoop } from '../queue/loop.ts';
import { createMemoryQueue } from '../queue/memory.ts';
import type { OptionsOf } from '../types/part/flags.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { GATEWAY_GROUP, httpRoutes } from './gateway/types.ts';
import { flags } from './options.ts';
import { PushServer } from './push/server.ts';
import { openSources, type Sources } from './sources.ts';
import { ServiceReporter } from './status/services.ts';
import { writeStatus } from './status/writer.ts';
import { Translator } from './translator.ts';

export interface MeshOptions extends Partial<OptionsOf<typeof flags>> {
  /** Path of the Unix socket on which the proxies are served. */
  socket: string;
}

/** Milliseconds between a push and the status that tells of it: long enough for the proxies' answers, so that it is written once. */
const STATUS_DELAY = 30;
/** The same while no proxy is connected: after a start they come within this time, and a status that said otherwise would be written twice. */
const PROXY_DELAY = 3000;

/** `ready` resolves when everything is translated and proxies are served. */
export function startMesh(ctx: PartContext, client: Client, options: MeshOptions): RunningPart {
  const informers = createInformers(client, ctx);
  const sources = openSources(informers);
  const queue = createMemoryQueue('mesh-status', ctx.clock, { base: 50, max: 30_000 });
  const reporter = new ServiceReporter(sources, recorder(client, ctx, 'kumulus-mesh'));
  const dirty = (name: string, after: number) => void queue.add(name, { after });
  const push = new PushServer(ctx.log, (ids) => {
    for (const name of concerned(sources, ids)) dirty(name, 0);
    reporter.problems(push.allProblems());
  });
  const translator: Translator = new Translator(sources, {
    clock: ctx.clock,
    coalesce: options['mesh-coalesce-period'] ?? flags['mesh-coalesce-period'].default,
    publish: (set, remove) => {
      const delta = push.publish(set, remove);
      ctx.log.debug({ set: delta.set.length, removed: delta.remove.length }, 'published configuration');
    },
    onRoute: (name) => dirty(name, push.proxies > 0 ? STATUS_DELAY : PROXY_DELAY),
    onService: (service) => reporter.translated(service),
  });
  const begin = async () => {
    await complete(ctx, client, sources);
    if (ctx.signal.aborted) return;
    translator.start();
    await push.listen(options.socket);
  };
  const begun = begin();
  const { stopped } = runLoop({
    name: 'mesh-status',
    queue,
    synced: begun,
    reconcile: (name) => writeStatus(ctx, client, { sources, translator, push }, name),
    workers: options['concurrent-mesh-status-syncs'] ?? flags['concurrent-mesh-status-syncs'].default,
    log: ctx.log,
    clock: ctx.clock,
    signal: ctx.signal,
  });
  informers.start();
  return { ready: begun, stopped: stopped.finally(() => push.close()) };
}

/**
 * Resolves when all that is there to be watched has been listed. A cluster without the Gateway API's kinds has no routes to wait for;
 * when they are installed later, they are followed from then on.
 */
async function complete(ctx: PartContext, client: Client, sources: Sources): Promise<void> {
  await Promise.all([sources.services.whenSynced(), sources.slicesInformer.whenSynced()]);
  while (!ctx.signal.aborted) {
    try {
      const { status } = await client.raw('GET', `/apis/${GATEWAY_GROUP}/${httpRoutes.version}`);
      if (status === 404) return;
      if (status === 200) break;
    } catch (error) {
      ctx.log.warn({ error: String(error) }, 'could not ask for the kinds of the Gateway API');
    }
    await ctx.clock.sleep(200, ctx.signal);
  }
  await Promise.all([sources.routesInformer.whenSynced(), sources.grantsInformer.whenSynced()]);
}

/** The routes whose status may change when proxies have answered for these resources (undefined: for any). */
function concerned(sources: Sources, ids: string[] | undefined): string[] {
  const names = new Set<string>();
  const add = (routes: Iterable<{ metadata?: { namespace?: string; name?: string } }>) => {
    for (const { metadata } of routes) names.add(`${metadata?.namespace}/${metadata?.name}`);
  };
  if (!ids) add(sources.routesInformer.list());
  else for (const id of ids) if (id.startsWith('routes/')) add(sources.routes(id.slice('routes/'.length, id.lastIndexOf(':'))));
  return [...names];
}
