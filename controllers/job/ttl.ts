/** Deletes jobs a while after they have ended (`ttlSecondsAfterFinished`). */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { keyOf } from '../../client/informer.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { endOf, type Job, jobs } from './identity.ts';

export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished-controller',
  start: (env) => {
    const shown = env.informers.for(jobs);
    return loopOf(env, {
      name: 'ttl-after-finished-controller',
      workers: env.options['concurrent-ttl-after-finished-syncs'],
      sources: (add) => {
        const offer = (job: Job) => dueOf(job) !== undefined && add(keyOf(job));
        shown.handle({ add: offer, update: offer });
      },
      reconcile: (key) => reconcile(env, shown.get(key)),
    });
  },
};

/** When it is to be deleted, in ms since 1970; undefined: not at all. */
export function dueOf(job: Job): number | undefined {
  const end = endOf(job)?.lastTransitionTime;
  const seconds = job.spec?.ttlSecondsAfterFinished;
  return end === undefined || seconds === undefined || job.metadata?.deletionTimestamp ? undefined : Date.parse(end) + seconds * 1000;
}

async function reconcile({ client, ctx }: Env, job: Job | undefined): Promise<Outcome> {
  const due = job && dueOf(job);
  if (!job || due === undefined) return undefined;
  const wait = due - ctx.clock.now();
  if (wait > 0) return { requeueAfter: wait };
  const { name = '', namespace = '', uid = '' } = job.metadata ?? {};
  try {
    // Its time to live may have been changed since.
    const live = await client.get(jobs, name, namespace);
    if (live.metadata?.uid !== uid || (dueOf(live) ?? Number.POSITIVE_INFINITY) > ctx.clock.now()) return undefined;
    await client.delete(jobs, { name, namespace }, { propagationPolicy: 'Foreground', preconditions: { uid } });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
  return undefined;
}
