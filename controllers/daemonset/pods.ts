/** Makes, deletes and adopts the pods of daemon sets, and tells of it. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import { type Pod, pods } from '../../client/resources.ts';
import { deletionName } from '../replicaset/watch.ts';
import { applyClaim, planClaim } from '../shared/owners.ts';
import { orphanPods, podsOf } from '../shared/pod-index.ts';
import { slowStart } from '../shared/slow-start.ts';
import { type DaemonSet, daemonSets, podFrom, setReference } from './identity.ts';
import type { Ended } from './plan.ts';
import type { Watched } from './watch.ts';

export interface Hands extends Watched {
  client: Client;
  recorder: Recorder;
}

/** Pods that one run makes, and that it deletes, at most. */
const BURST = 250;

export function claimPods(hands: Hands, set: DaemonSet): Promise<Pod[]> {
  const { namespace = '', name = '', uid = '' } = set.metadata ?? {};
  const selects = labelPredicate(set.spec?.selector);
  const candidates = [...podsOf(hands.pods, uid), ...orphanPods(hands.pods, namespace)];
  return applyClaim(
    planClaim(set, candidates, (pod) => selects(pod.metadata?.labels)),
    {
      reference: setReference(set),
      liveOwner: () => hands.client.get(daemonSets, name, namespace),
      patch: (pod, patch) => hands.client.patch(pods, { name: pod.metadata?.name ?? '', namespace }, 'strategic', patch),
    },
  );
}

export interface Change {
  /** Names of nodes. */
  create: string[];
  remove: Pod[];
}

/** Does both at the same time; rejects with the first failure when all is done. */
export async function applyChange(hands: Hands, set: DaemonSet, hash: string, { create, remove }: Change): Promise<void> {
  const creations = create.slice(0, BURST);
  const deletions = remove.slice(0, BURST);
  if (creations.length > 0) hands.creations.expectCreations(keyOf(set), creations.length);
  if (deletions.length > 0) hands.deletions.expectDeletions(keyOf(set), deletions.map(deletionName));
  const [made, gone] = await Promise.all([
    createPods(hands, set, hash, creations),
    Promise.allSettled(deletions.map((pod) => deletePod(hands, set, pod))),
  ]);
  const failed = gone.find((result) => result.status === 'rejected');
  if (made !== undefined || failed) throw made ?? failed?.reason;
}

async function createPods({ client, recorder, creations }: Hands, set: DaemonSet, hash: string, nodes: string[]): Promise<unknown> {
  const key = keyOf(set);
  const { error, skipped } = await slowStart(nodes.length, async (i) => {
    try {
      const created = await client.create(pods, podFrom(set, hash, nodes[i] as string));
      recorder.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata?.name}`);
    } catch (failure) {
      creations.creationSeen(key);
      const { message } = failure as Error;
      if (!isNamespaceTerminating(failure)) recorder.event(set, 'Warning', 'FailedCreate', `Error creating: ${message}`);
      throw failure;
    }
  });
  for (let i = 0; i < skipped; i++) creations.creationSeen(key);
  return isNamespaceTerminating(error) ? undefined : error;
}

async function deletePod({ client, recorder, deletions }: Hands, set: DaemonSet, pod: Pod): Promise<void> {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  try {
    await client.delete(pods, { name, namespace }, { preconditions: { uid } });
    recorder.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  } catch (error) {
    deletions.deletionSeen(keyOf(set), deletionName(pod));
    if (isNotFound(error) || isConflict(error)) return;
    recorder.event(set, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`);
    throw error;
  }
}

export function tellEnded(recorder: Recorder, set: DaemonSet, { pod, node }: Ended): void {
  const what = `${pod.metadata?.namespace}/${pod.metadata?.name} on node ${node}`;
  if (pod.status?.phase === 'Failed') {
    recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${what}, will try to kill it`);
  } else recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${what}, will try to delete it`);
}
