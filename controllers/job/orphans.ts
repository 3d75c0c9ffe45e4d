/** Pods that still hold a job's finalizer when there is no job any more that would count them: they are let go. */
import { keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import type { Pod } from '../../client/resources.ts';
import { type Env, loopOf } from '../controller.ts';
import { controllerOf } from '../shared/owners.ts';
import { podsOf } from '../shared/pod-index.ts';
import { endOf, isForeign, isHeld, type Job } from './identity.ts';
import { type Hands, release } from './pods.ts';
import { ownerOf } from './watch.ts';

export function orphanLoop(env: Env, hands: Hands): Promise<void> {
  const { jobs, pods, client } = hands;
  return loopOf(env, {
    name: 'job-controller-orphans',
    workers: env.options['concurrent-job-syncs'],
    sources: (add) => {
      const offer = (pod: Pod) => isOrphan(hands, pod) && add(keyOf(pod));
      const offerAll = (job: Job) => podsOf(pods, job.metadata?.uid ?? '').forEach(offer);
      pods.handle({ add: offer, update: offer });
      jobs.handle({ update: (job) => endOf(job) && offerAll(job), remove: offerAll });
    },
    reconcile: async (key) => {
      const pod = pods.get(key);
      if (pod && isOrphan(hands, pod)) await release(client, pod);
      return undefined;
    },
  });
}

function isOrphan(hands: Hands, pod: Pod): boolean {
  if (!isHeld(pod)) return false;
  const reference = controllerOf(pod);
  if (reference && reference.kind !== 'Job') return false;
  const job = reference ? ownerOf(hands, pod) : adopter(hands, pod);
  return !job || (endOf(job) !== undefined && !isForeign(job));
}

/** A job that is about to adopt the pod. */
function adopter({ jobs }: Hands, pod: Pod): Job | undefined {
  return jobs
    .by('namespace', pod.metadata?.namespace ?? '')
    .find((job) => !job.metadata?.deletionTimestamp && labelPredicate(job.spec?.selector)(pod.metadata?.labels));
}
