/** Job: runs pods until enough have succeeded or too many have failed, and counts each exactly once. */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { keyOf } from '../../client/informer.ts';
import type { Pod } from '../../client/resources.ts';
import type { Outcome } from '../../queue/queue.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { createExpectations } from '../shared/expectations.ts';
import { podsByOwner } from '../shared/pod-index.ts';
import { same } from '../shared/same.ts';
import { COMPLETIONS_REACHED, deadlineLeft, type End } from './end.ts';
import { endOf, isForeign, isSuspended, type Job, type JobStatus, jobs } from './identity.ts';
import { createMemory } from './memory.ts';
import { orphanLoop } from './orphans.ts';
import { type Plan, planPods } from './plan.ts';
import { claimPods, countReady, createPods, deletePods, type Hands, release } from './pods.ts';
import { look, type Sight, uidOf } from './sight.ts';
import { suspension } from './suspension.ts';
import { type After, ended, planTracking, type Tracking, takeIn } from './tracking.ts';
import { connect } from './watch.ts';

interface State extends Hands {
  now(): number;
}

export const jobController: Controller = {
  name: 'job-controller',
  start: async (env) => {
    const state = open(env);
    const sources = connect.bind(undefined, state);
    const workers = env.options['concurrent-job-syncs'];
    const main = loopOf(env, { name: 'job-controller', sources, workers, reconcile: (key) => reconcile(state, key) });
    await Promise.all([main, orphanLoop(env, state)]);
  },
};

function open(env: Env): State {
  const shown = env.informers.for(jobs);
  shown.addIndex('namespace', (job) => [job.metadata?.namespace ?? '']);
  return {
    jobs: shown,
    pods: podsByOwner(env.informers),
    expectations: createExpectations(env.ctx.clock),
    memory: createMemory(),
    client: env.client,
    recorder: env.record('job-controller'),
    now: () => env.ctx.clock.now(),
  };
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const { memory, expectations } = state;
  const job = state.jobs.get(key);
  if (!job || isForeign(job)) return undefined;
  if (endOf(job)) {
    memory.forget(key);
    return undefined;
  }
  // News of what we wrote is on its way, and will run this again.
  if (memory.isSuperseded(key, job)) return undefined;
  // Asked before the pods are read, so that what arrives in between errs on the side of waiting.
  const fresh = expectations.met(key);
  const pods = await claimPods(state, job);
  const sight = look({ job, pods, released: memory.released(key), fresh, failures: memory.failures(key), now: state.now() });
  const plan = planPods(sight);
  const { after, error } = await applyPlan(state, sight, plan);
  await track(state, sight, after);
  if (error !== undefined) throw error;
  const waits = [plan?.backoff || undefined, deadlineLeft(sight)].filter((wait) => wait !== undefined);
  return waits.length > 0 ? { requeueAfter: Math.min(...waits) } : undefined;
}

/** Makes and deletes pods; what they then come to. */
async function applyPlan(state: State, sight: Sight, plan: Plan | undefined): Promise<{ after: After; error: unknown }> {
  const { job, active, now } = sight;
  const removed = plan?.remove.length ? await deletePods(state, job, plan.remove, plan.ending) : { done: [] as Pod[], error: undefined };
  const created = plan?.create.length ? await createPods(state, job, plan.create) : { done: [] as Pod[], error: undefined };
  // A job that waits to replace a pod says that none is active, as Kubernetes' do.
  const running = plan?.backoff ? 0 : active.length - removed.done.length + created.done.length;
  const told = plan && !plan.ending && !isThrough(sight, running) ? suspension(job, now) : undefined;
  if (told?.event) state.recorder.event(job, 'Normal', told.event.reason, told.event.message);
  const start = job.status?.startTime ?? (isSuspended(job) ? undefined : rfc3339(now));
  const after: After = {
    active: running,
    ready: sight.ready - countReady(removed.done),
    terminating: sight.terminating + removed.done.length,
    end: endAfter(sight, removed.done.length, running),
    conditions: told?.conditions ?? job.status?.conditions ?? [],
    startTime: told?.event ? told.startTime : start,
  };
  return { after, error: removed.error ?? created.error };
}

/** A job is not at its end while a pod may run that our copy does not show, or that could not be deleted. */
function endAfter(sight: Sight, removed: number, running: number): End | undefined {
  if (sight.end) return sight.fresh && removed === sight.active.length ? sight.end : undefined;
  return isThrough(sight, running) ? COMPLETIONS_REACHED : undefined;
}

function isThrough({ job, succeeded, end }: Sight, running: number): boolean {
  if (end || running > 0) return false;
  return job.spec?.completions === undefined ? succeeded > 0 : succeeded >= job.spec.completions;
}

async function track(state: State, sight: Sight, after: After): Promise<void> {
  const key = keyOf(sight.job);
  const tracking = planTracking(sight, after);
  const job = await writeStatus(state, key, sight.job, tracking.status);
  if (!job) return;
  state.memory.setFailures(key, sight.failures);
  const error = await releaseAll(state, key, tracking);
  const counted = takeIn(job.status ?? {}, tracking.held);
  const final = after.end && error === undefined && !tracking.more ? ended(counted, after.end, state.now()) : undefined;
  const written = await writeStatus(state, key, job, final ?? counted);
  if (error !== undefined) throw error;
  if (written && final && after.end) tellEnd(state, written, after.end);
}

/** Takes what was released out of `held`; resolves to the first failure. */
async function releaseAll(state: State, key: string, { release: pods, held }: Tracking): Promise<unknown> {
  const results = await Promise.allSettled(
    pods.map(async (pod) => {
      state.memory.expectRelease(key, uidOf(pod));
      try {
        await release(state.client, pod);
        held.delete(uidOf(pod));
        if (!state.pods.get(keyOf(pod))) state.memory.releaseSeen(key, uidOf(pod), false);
      } catch (error) {
        state.memory.releaseSeen(key, uidOf(pod), false);
        throw error;
      }
    }),
  );
  return results.find((result) => result.status === 'rejected')?.reason;
}

/** The job with that status; undefined: our copy was behind, nothing was written, and news run this again. */
async function writeStatus(state: State, key: string, job: Job, status: JobStatus): Promise<Job | undefined> {
  if (same(job.status, status)) return job;
  try {
    const written = await state.client.update(jobs, { ...job, status }, 'status');
    state.memory.wrote(key, job, written);
    return written;
  } catch (error) {
    if (isNotFound(error) || (isConflict(error) && state.jobs.get(key)?.metadata?.resourceVersion !== job.metadata?.resourceVersion))
      return undefined;
    throw error;
  }
}

function tellEnd({ recorder }: State, job: Job, end: End): void {
  if (end.type === 'FailureTarget') {
    recorder.event(job, 'Warning', end.reason, end.message);
    return;
  }
  if ((job.status?.succeeded ?? 0) > (job.spec?.completions ?? Number.POSITIVE_INFINITY)) {
    recorder.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
  }
  recorder.event(job, 'Normal', 'Completed', 'Job completed');
}
