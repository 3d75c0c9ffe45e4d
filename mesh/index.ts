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
import { defaultsOf, type OptionsOf } from '../types/part/flags.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { routesServed, servesRoutes } from './gateway/served.ts';
import { flags } from './options.ts';
import { PushServer } from './push/server.ts';
import { openSources, routesConcerned } from './sources.ts';
import { ServiceReporter } from './status/services.ts';
import { type StatusWorld, writeStatus } from './status/writer.ts';
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
  const asked = { ...defaultsOf(flags), ...options };
  const informers = { core: createInformers(client, ctx), gateway: createInformers(client, ctx) };
  const sources = openSources(informers.core, informers.gateway);
  const queue = createMemoryQueue('mesh-status', ctx.clock, { base: 50, max: 30_000 });
  const reporter = new ServiceReporter(sources, recorder(client, ctx, 'kumulus-mesh'));
  const push = new PushServer(ctx.log, (ids) => {
    for (const name of routesConcerned(sources, ids)) void queue.add(name);
    reporter.problems(push.allProblems());
  });
  const translator: Translator = new Translator(sources, {
    clock: ctx.clock,
    coalesce: asked['mesh-coalesce-period'],
    publish: (set, remove) => void push.publish(set, remove),
    onRoute: (name) => void queue.add(name, { after: push.proxies > 0 ? STATUS_DELAY : PROXY_DELAY }),
    onService: (service) => reporter.translated(service),
  });
  const world: StatusWorld = { sources, translator, push };
  const begun = begin(ctx, client, { informers, world, socket: asked.socket });
  const { stopped } = runLoop({
    name: 'mesh-status',
    queue,
    synced: begun,
    reconcile: (name) => writeStatus(ctx, client, world, name),
    workers: asked['concurrent-mesh-status-syncs'],
    log: ctx.log,
    clock: ctx.clock,
    signal: ctx.signal,
  });
  return { ready: begun, stopped: stopped.finally(() => push.close()) };
}

interface Beginning {
  informers: Record<'core' | 'gateway', ReturnType<typeof createInformers>>;
  world: StatusWorld;
  socket: string;
}

/**
 * Proxies are served only when everything is translated, since they drop what they are not told of. A cluster without the Gateway API's
 * kinds has no routes to wait for; when they are installed later, they are followed from then on.
 */
async function begin(ctx: PartContext, client: Client, { informers, world, socket }: Beginning): Promise<void> {
  const { core, gateway } = informers;
  core.start();
  const [routed] = await Promise.all([servesRoutes(ctx, client), core.whenSynced()]);
  if (routed) {
    gateway.start();
    await gateway.whenSynced();
  } else {
    ctx.log.info({}, 'this cluster has no HTTPRoutes yet');
    void routesServed(ctx, client).then(() => gateway.start());
  }
  if (ctx.signal.aborted) return;
  world.translator.start();
  await world.push.listen(socket);
}
