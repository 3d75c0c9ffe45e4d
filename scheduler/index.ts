/** The scheduler: decides for every pod without a node where it is to run, as kube-scheduler does, and binds it there. */
import { readFile } from 'node:fs/promises';
import type { Client } from '../client/client.ts';
import { recorder } from '../client/events.ts';
import { createInformers } from '../client/informers.ts';
import { runForLeader } from '../client/leader.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
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
  followAll(informers, scheduler);
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  informers.start();
  await Promise.race([informers.whenSynced(), aborted]);
  if (!signal.aborted) {
    scheduler.start();
    log.info({ nodes: scheduler.cluster.nodes.count }, 'the scheduler is ready');
    ready();
    await aborted;
  }
  await scheduler.stop();
}
