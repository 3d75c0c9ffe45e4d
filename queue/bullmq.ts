/**
 * The durable queue: BullMQ on Redis. An entry survives the process that added it and the one that runs it, and several processes share
 * the work. A job carries its key only. BullMQ sees to it that a key is run by one worker at a time and that work of a dead process is
 * given to another; failures and their backoff are ours (due-table.ts), so that an add can bring a key in backoff forward.
 */
import { type Job, Queue as Jobs, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { Clock } from '../types/part/clock.ts';
import type { Log } from '../types/part/log.ts';
import { backoffAfter } from './backoff.ts';
import { type DueTable, dueTable } from './due-table.ts';
import { type BackoffOptions, type Queue, Terminal, type Work, type WorkOptions } from './queue.ts';

export interface BullQueueOptions {
  /** `redis://…`, or the path of a Unix socket. */
  redis: string;
  clock: Clock;
  log: Log;
  backoff?: BackoffOptions;
  /** Milliseconds after which the work of a process that died is given to another. Default 5,000. */
  lockDuration?: number;
}

interface State {
  name: string;
  prefix: string;
  options: BullQueueOptions;
  connection: Redis;
  jobs: Jobs;
  table: DueTable;
  worker: Worker | undefined;
  workerConnection: Redis | undefined;
  ended: AbortController;
}

export function createBullQueue(name: string, options: BullQueueOptions): Queue {
  const state = open(name, options);
  return {
    name,
    add: (key, { after = 0 } = {}) => add(state, key, after),
    work: (run, workOptions = {}) => work(state, run, workOptions),
    length: () => state.table.length(),
    drain: () => drain(state),
  };
}

function open(name: string, options: BullQueueOptions): State {
  // In braces, so that all keys of a queue are in one slot of a Redis Cluster.
  const prefix = `{queue.${name}}`;
  const connection = connect(options, {});
  const jobs = new Jobs(name, { connection, prefix, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } });
  jobs.on('error', (error) => options.log.debug({ queue: name, error: error.message }, 'the connection to Redis failed'));
  const table = dueTable(connection, prefix);
  return { name, prefix, options, connection, jobs, table, worker: undefined, workerConnection: undefined, ended: new AbortController() };
}

/** A lost connection is waited for, without end; BullMQ asks this of the connections of its workers. */
function connect({ redis, log }: BullQueueOptions, more: RedisOptions): Redis {
  const connection = new Redis(redis.replace(/^unix:(\/\/)?/, ''), { maxRetriesPerRequest: null, ...more });
  connection.on('error', (error: Error) => log.debug({ error: error.message }, 'the connection to Redis failed'));
  return connection;
}

/** Resolves when the entry is in Redis (and on disk, where Redis syncs always). */
async function add(state: State, key: string, after: number): Promise<void> {
  const now = state.options.clock.now();
  const due = await state.table.lower(key, now + after);
  await state.jobs.add('run', key, {
    delay: Math.max(0, due - now),
    deduplication: { id: key, keepLastIfActive: true, replace: true },
  });
}

function work(state: State, run: Work, options: WorkOptions): void {
  if (state.worker) throw new Error(`queue ${state.name} has its workers already`);
  const lockDuration = state.options.lockDuration ?? 5000;
  state.workerConnection = connect(state.options, {});
  state.worker = new Worker(state.name, (job: Job<string>) => runOne(state, run, options, job.data), {
    connection: state.workerConnection,
    prefix: state.prefix,
    concurrency: options.workers ?? 1,
    lockDuration,
    stalledInterval: lockDuration / 2,
    // However often processes die: an entry is never given up.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  });
  state.worker.on('error', (error) => state.options.log.debug({ queue: state.name, error: error.message }, 'a worker lost Redis'));
}

async function runOne(state: State, run: Work, options: WorkOptions, key: string): Promise<void> {
  const { table } = state;
  await table.clear(key);
  try {
    const outcome = await run(key, state.ended.signal);
    await table.forgetFailures(key);
    if (outcome) await add(state, key, outcome.requeueAfter);
  } catch (error) {
    const attempt = await table.countFailure(key);
    options.onError?.(key, error, attempt);
    if (error instanceof Terminal) await table.forgetFailures(key);
    else await add(state, key, backoffAfter(attempt, state.options.backoff ?? {}));
  }
}

async function drain(state: State): Promise<void> {
  state.ended.abort();
  await state.worker?.close();
  await state.jobs.close();
  state.workerConnection?.disconnect();
  state.connection.disconnect();
}
