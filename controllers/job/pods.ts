/** Makes, deletes, adopts and releases the pods of jobs, and tells of it. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import { type Pod, pods } from '../../client/resources.ts';
import { deletionName } from '../replicaset/watch.ts';
import { applyClaim, controllerOf, planClaim } from '../shared/owners.ts';
import { orphanPods, podsOf } from '../shared/pod-index.ts';
import { isReady } from '../shared/pods.ts';
import { slowStart } from '../shared/slow-start.ts';
import { FINALIZER, isHeld, type Job, jobReference, jobs, type NewPod, podFrom } from './identity.ts';
import type { Watched } from './watch.ts';

export interface Hands extends Watched {
  client: Client;
  recorder: Recorder;
}

/** Those of the job; orphans that match are adopted, and held from then on. */
export function claimPods(hands: Hands, job: Job): Promise<Pod[]> {
  const { namespace = '', name = '', uid = '' } = job.metadata ?? {};
  const selects = labelPredicate(job.spec?.selector);
  const candidates = [...podsOf(hands.pods, uid), ...orphanPods(hands.pods, namespace)];
  const claim = planClaim(job, candidates, (pod) => selects(pod.metadata?.labels));
  return applyClaim(claim, {
    reference: jobReference(job),
    liveOwner: () => hands.client.get(jobs, name, namespace),
    patch: (pod, patch) => {
      const { metadata } = patch as { metadata: object };
      const change = controllerOf(pod) ? RELEASE : { finalizers: [FINALIZER] };
      return hands.client.patch(pods, at(pod), 'strategic', { metadata: { ...metadata, ...change } });
    },
  });
}

const RELEASE = { '$deleteFromPrimitiveList/finalizers': [FINALIZER] };

const at = ({ metadata }: Pod) => ({ name: metadata?.name ?? '', namespace: metadata?.namespace ?? '' });

/** Takes the finalizer off. A pod that is gone counts as released. */
export async function release(client: Client, pod: Pod): Promise<void> {
  if (!isHeld(pod)) return;
  try {
    await client.patch(pods, at(pod), 'strategic', { metadata: { uid: pod.metadata?.uid, ...RELEASE } });
  } catch (error) {
    // A conflict: another pod has taken its name.
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

/** `done` are there now. */
export interface Outcome<T> {
  done: T[];
  error: unknown;
}

export async function createPods({ client, recorder, expectations }: Hands, job: Job, planned: NewPod[]): Promise<Outcome<Pod>> {
  const key = keyOf(job);
  expectations.expectCreations(key, planned.length);
  const done: Pod[] = [];
  const { error, skipped } = await slowStart(planned.length, async (i) => {
    try {
      const created = await client.create(pods, podFrom(job, planned[i] as NewPod));
      done.push(created);
      recorder.event(job, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata?.name}`);
    } catch (failure) {
      expectations.creationSeen(key);
      const { message } = failure as Error;
      if (!isNamespaceTerminating(failure)) recorder.event(job, 'Warning', 'FailedCreate', `Error creating: ${message}`);
      throw failure;
    }
  });
  for (let i = 0; i < skipped; i++) expectations.creationSeen(key);
  return { done, error: isNamespaceTerminating(error) ? undefined : error };
}

/** `ending`: they are held until they are counted; else they are released at once, since they count as nothing. */
export async function deletePods(hands: Hands, job: Job, gone: Pod[], ending: boolean): Promise<Outcome<Pod>> {
  const { expectations } = hands;
  const key = keyOf(job);
  if (!ending) expectations.expectDeletions(key, gone.map(deletionName));
  const results = await Promise.allSettled(gone.map((pod) => deletePod(hands, job, pod, ending)));
  for (const [i, result] of results.entries()) {
    if (!ending && result.status === 'rejected') expectations.deletionSeen(key, deletionName(gone[i] as Pod));
  }
  const error = results.find((result) => result.status === 'rejected')?.reason;
  return { done: gone.filter((_, i) => results[i]?.status === 'fulfilled'), error };
}

async function deletePod({ client, recorder, expectations }: Hands, job: Job, pod: Pod, ending: boolean): Promise<void> {
  const { uid = '' } = pod.metadata ?? {};
  try {
    if (!ending) await release(client, pod);
    await client.delete(pods, at(pod), { preconditions: { uid } });
    recorder.event(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata?.name}`);
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) {
      expectations.deletionSeen(keyOf(job), deletionName(pod));
      return;
    }
    recorder.event(job, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`);
    throw error;
  }
}

export const countReady = (all: Pod[]): number => all.filter(isReady).length;
