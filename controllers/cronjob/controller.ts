/** CronJob: makes a job at each time of its schedule. */
import type { Client } from '../../client/client.ts';
import { isAlreadyExists, isConflict, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import type { Add } from '../../queue/loop.ts';
import type { Outcome } from '../../queue/queue.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { type Controller, loopOf } from '../controller.ts';
import { endOf, type Job, jobs } from '../job/identity.ts';
import { controllerOf } from '../shared/owners.ts';
import { same } from '../shared/same.ts';
import { dueOf } from './due.ts';
import { look, outdated, type Sighting } from './history.ts';
import { type CronJob, type CronJobStatus, cronJobs, jobFrom, jobNameAt, referenceTo } from './identity.ts';
import { parseSchedule, type Schedule } from './schedule.ts';
import { zoneOf } from './zone.ts';

interface State {
  client: Client;
  recorder: Recorder;
  crons: Informer<CronJob>;
  jobs: Informer<Job>;
  now(): number;
}

/** A little after the time, so that clocks that differ by less agree that it has come. */
const DELAY_MS = 100;

export const cronJobController: Controller = {
  name: 'cronjob-controller',
  start: (env) => {
    const state: State = {
      crons: env.informers.for(cronJobs),
      jobs: env.informers.for(jobs),
      client: env.client,
      recorder: env.record('cronjob-controller'),
      now: () => env.ctx.clock.now(),
    };
    state.jobs.addIndex('owner', (job) => [controllerOf(job)?.uid ?? '']);
    const workers = env.options['concurrent-cron-job-syncs'];
    const sources = (add: Add) => connect(state, add);
    return loopOf(env, { name: 'cronjob-controller', sources, workers, reconcile: (key) => reconcile(state, key) });
  },
};

function connect({ crons, jobs: shown }: State, add: Add): void {
  const changed = (cron: CronJob) => add(keyOf(cron));
  crons.handle({ add: changed, update: changed });
  const tell = (job: Job) => {
    const owner = controllerOf(job);
    if (owner?.kind === 'CronJob') add(`${job.metadata?.namespace}/${owner.name}`);
  };
  shown.handle({ add: tell, update: tell, remove: tell });
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const cron = state.crons.get(key);
  if (!cron) return undefined;
  const owned = state.jobs.by('owner', cron.metadata?.uid ?? '');
  const sighting = look(cron.status ?? {}, owned);
  const strange = sighting.unexpected.length + sighting.missing.length > 0;
  // News of what we wrote is on its way, and will run this again.
  if (strange && (await isBehind(state, cron))) return undefined;
  const status = await catchUp(state, cron, sighting);
  const next = cron.metadata?.deletionTimestamp ? undefined : await serve(state, cron, status);
  await writeStatus(state, cron, status);
  for (const job of outdated(cron, owned)) await removeJob(state, cron, job);
  return next;
}

async function isBehind({ client }: State, { metadata }: CronJob): Promise<boolean> {
  const live = await orNothing(client.get(cronJobs, metadata?.name ?? '', metadata?.namespace));
  return live?.metadata?.resourceVersion !== metadata?.resourceVersion;
}

/** The status after what has become of the jobs. */
async function catchUp({ recorder, client }: State, cron: CronJob, sighting: Sighting): Promise<CronJobStatus> {
  const { active, lastSuccessfulTime, ended, unexpected, missing } = sighting;
  const status: CronJobStatus = { ...cron.status, active };
  if (lastSuccessfulTime) status.lastSuccessfulTime = lastSuccessfulTime;
  for (const job of ended) {
    recorder.event(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata?.name}, condition: ${endOf(job)?.type}`);
  }
  for (const { metadata } of unexpected) {
    const message = `Saw a job that the controller did not create or forgot: ${metadata?.name}`;
    recorder.event(cron, 'Warning', 'UnexpectedJob', message);
  }
  for (const { name, namespace, uid } of missing) {
    if (await orNothing(client.get(jobs, name ?? '', namespace))) continue;
    recorder.event(cron, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    status.active = (status.active ?? []).filter((one) => one.uid !== uid);
  }
  return status;
}

/** Makes a job if one is due, and tells of it in `status`; says when the next is. */
async function serve(state: State, cron: CronJob, status: CronJobStatus): Promise<Outcome> {
  const { recorder } = state;
  if (cron.spec?.suspend) return undefined;
  const schedule = scheduleOf(state, cron);
  if (!schedule) return undefined;
  const now = state.now();
  const next = schedule.next(now);
  const outcome = next === undefined ? undefined : { requeueAfter: next - now + DELAY_MS };
  const { time, tooMany } = dueOf(cron, schedule, now);
  if (tooMany) {
    const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    recorder.event(cron, 'Warning', 'TooManyMissedTimes', message);
  }
  if (time === undefined) return outcome;
  if (time + (cron.spec?.startingDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000 < now) {
    recorder.event(cron, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(time)}`);
  } else if (await makeRoom(state, cron, status, time)) await start(state, cron, status, time);
  return outcome;
}

/** `Fri, 20 Nov 2026 13:00:00 +0000` */
const rfc1123 = (time: number) => new Date(time).toUTCString().replace('GMT', '+0000');

function scheduleOf({ recorder }: State, cron: CronJob): Schedule | undefined {
  const { schedule = '', timeZone } = cron.spec ?? {};
  try {
    if (timeZone !== undefined) zoneOf(timeZone);
  } catch (error) {
    recorder.event(cron, 'Warning', 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: ${(error as Error).message}`);
    return undefined;
  }
  try {
    return parseSchedule(schedule, timeZone);
  } catch (error) {
    recorder.event(
      cron,
      'Warning',
      'UnparseableSchedule',
      `unparseable schedule: ${JSON.stringify(schedule)} : ${(error as Error).message}`,
    );
    return undefined;
  }
}

/** False: that time is served already, or a job that still runs forbids another. */
async function makeRoom(state: State, cron: CronJob, status: CronJobStatus, time: number): Promise<boolean> {
  const active = status.active ?? [];
  const last = status.lastScheduleTime ? Date.parse(status.lastScheduleTime) : undefined;
  if (last === time || active.some(({ name }) => name === jobNameAt(cron, time))) return false;
  const policy = cron.spec?.concurrencyPolicy;
  if (policy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    state.recorder.event(cron, 'Normal', 'JobAlreadyActive', message);
    return false;
  }
  if (policy !== 'Replace') return true;
  for (const { name, namespace } of active) {
    const job = await orNothing(state.client.get(jobs, name ?? '', namespace));
    if (job) await removeJob(state, cron, job);
  }
  status.active = [];
  return true;
}

async function start(state: State, cron: CronJob, status: CronJobStatus, time: number): Promise<void> {
  const job = await makeJob(state, cron, time);
  if (!job) return;
  if (!endOf(job)) status.active = [...(status.active ?? []), referenceTo(job)];
  status.lastScheduleTime = rfc3339(time);
}

/** The job of that time, made now or before; undefined: there is none, and will be none. */
async function makeJob({ client, recorder }: State, cron: CronJob, time: number): Promise<Job | undefined> {
  const planned = jobFrom(cron, time);
  try {
    const job = await client.create(jobs, planned);
    recorder.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata?.name}`);
    return job;
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined;
    if (isAlreadyExists(error)) {
      const standing = await client.get(jobs, planned.metadata?.name ?? '', planned.metadata?.namespace);
      return controllerOf(standing)?.uid === cron.metadata?.uid ? standing : undefined;
    }
    recorder.event(cron, 'Warning', 'FailedCreate', `Error creating job: ${(error as Error).message}`);
    throw error;
  }
}

async function removeJob({ client, recorder }: State, cron: CronJob, job: Job): Promise<void> {
  const { name = '', namespace = '', uid = '', deletionTimestamp } = job.metadata ?? {};
  if (deletionTimestamp) return;
  try {
    await client.delete(jobs, { name, namespace }, { propagationPolicy: 'Background', preconditions: { uid } });
    recorder.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return;
    recorder.event(cron, 'Warning', 'FailedDelete', `Deleted job: ${(error as Error).message}`);
    throw error;
  }
}

async function writeStatus(state: State, cron: CronJob, status: CronJobStatus): Promise<void> {
  if (status.active?.length === 0) delete status.active;
  if (same(cron.status ?? {}, status)) return;
  await orNothing(state.client.update(cronJobs, { ...cron, status }, 'status'));
}

async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
