/** What the kubelet writes about a pod. A pod that is gone, or replaced by another of its name, is nothing to complain about. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNotFound } from '../../client/errors.ts';
import { type Pod, pods } from '../../client/resources.ts';
import type { PodStatus } from './status.ts';

async function unlessGone(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

const placeOf = (pod: Pod) => ({ name: pod.metadata?.name ?? '', namespace: pod.metadata?.namespace ?? '' });

/** The uid is a precondition, as in a kubelet's patch: a namesake that came meanwhile is not touched. */
export function writeStatus(client: Client, pod: Pod, status: PodStatus): Promise<void> {
  const patch = { metadata: { uid: pod.metadata?.uid }, status };
  return unlessGone(client.patch(pods, { ...placeOf(pod), subresource: 'status' }, 'strategic', patch));
}

/** The last word about a pod that has ended. */
export function bury(client: Client, pod: Pod): Promise<void> {
  const preconditions = pod.metadata?.uid ? { uid: pod.metadata.uid } : {};
  return unlessGone(client.delete(pods, placeOf(pod), { gracePeriodSeconds: 0, preconditions }));
}
