/** The scheduler: decides for every pod without a node where it is to run, as kube-scheduler does, and binds it there. */
import { readFile } from 'node:fs/promises';
import type { Client } from '../client/client.ts';
import { recorder } from '../client/events.ts';
import { createInformers } from '../client/informers.ts';
import { runForLeader } from '../client/leader.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { seededRandom } from '../types/part/random.ts';
import { apiWrites } from './api-writes.ts';
import { type Configuration, parseConfiguration, readConfiguration } from './config/configuration.ts';
import type { SchedulerOptions } from './options.ts';
import { Scheduler } from './scheduler.ts';
import { followAll } from './watch.ts';

export { ConfigError } from './config/error.ts';

/** `ready` rejects with `ConfigError` if the configuration can't be served. */
export function startScheduler(ctx: PartContext, client: Client, options: SchedulerOptions): RunningPart {
  const prepared = configure(ctx, options['scheduler-config']);
  const elected = prepared.then((configuration) => configuration.leaderElect ?? options['leader-elect']);
  const running = Promise.withResolvers<void>();
  const lead = async (signal: AbortSignal) => run({ ...ctx, signal }, client, await prepared, options, running.resolve);
  const stopped = elected.then((election) => (election ? campaign(ctx, client, lead, running.resolve) : lead(ctx.signal)));
  stopped.catch(running.reject);
  return { ready: running.promise, stopped };
}

async function configure(ctx: PartContext, file: string): Promise<Configuration> {
  if (!file) return readConfiguration({}, ctx.random);
  return parseConfiguration(await readFile(file, 'utf8'), ctx.random);
}

/** A candidate is ready: it need not be the one that schedules. */
async function campaign(ctx: PartContext, client: Client, lead: (signal: AbortSignal) => Promise<void>, ready: () => void): Promise<void> {
  ready();
  await runForLeader(client, ctx, { name: 'kube-scheduler', namespace: 'kube-system', identity: `kumulus_${ctx.random.uuid()}`, lead });
}

async function run(
  ctx: PartContext,
  client: Client,
  configuration: Configuration,
  options: SchedulerOptions,
  ready: () => void,
): Promise<void> {
  const { clock, random, log, signal } = ctx;
  const informers = createInformers(client, ctx);
  const scheduler = new Scheduler({
    clock,
    random,
    log,
    configuration,
    bindingsInFlight: options['bindings-in-flight'],
    writes: apiWrites(client, clock, signal),
    events: recorder(client, ctx, 'default-scheduler'),
  });
  followAll(informers, scheduler, configuration.profiles);
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  informers.start();
  await Promise.race([informers.whenSynced(), aborted]);
  if (!signal.aborted) {
    const server = await serveQuestions(ctx, scheduler, client, options);
    scheduler.start();
    log.info({ nodes: scheduler.cluster.nodes.count }, 'the scheduler is ready');
    ready();
    await aborted;
    server?.close();
  }
  await scheduler.stop();
}

/** Explaining twice gives the same, with plugins and random numbers of its own: it takes nothing from those that decide. */
const EXPLAINING_SEED = 1;

async function serveQuestions(ctx: PartContext, scheduler: Scheduler, client: Client, options: SchedulerOptions) {
  const port = options['explain-port'];
  if (port === 0) return undefined;
  const [{ serve }, { routes }] = await Promise.all([import('./serve/serve.ts'), import('./serve/routes.ts')]);
  const random = seededRandom(EXPLAINING_SEED);
  const { profiles } = await configure({ ...ctx, random }, options['scheduler-config']);
  return serve(port, routes(scheduler, profiles, client, random));
}
