/** Which deployments a change of a replica set or of a pod is news to. */
import { type Informer, keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import type { Deployment, Pod, ReplicaSet } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import { controllerOf } from '../shared/owners.ts';
import { isFinished } from '../shared/pods.ts';
import { same } from '../shared/same.ts';
import { isRolling } from './limits.ts';

export interface Watched {
  deployments: Informer<Deployment>;
  sets: Informer<ReplicaSet>;
  pods: Informer<Pod>;
}

export function connect(watched: Watched, add: Add): void {
  const { deployments, sets, pods } = watched;
  deployments.handle({
    add: (deployment) => add(keyOf(deployment)),
    update: (deployment) => add(keyOf(deployment)),
    remove: (deployment) => add(keyOf(deployment)),
  });
  sets.handle({
    add: (set) => setChanged(watched, add, set),
    update: (set, before) => {
      if (controllerOf(before)?.uid !== controllerOf(set)?.uid) tellOwner(watched, add, before);
      if (controllerOf(set) || changedForOrphan(set, before)) setChanged(watched, add, set);
    },
    remove: (set) => tellOwner(watched, add, set),
  });
  // Only Recreate waits for pods; all else hears of them through its sets.
  pods.handle({
    update: (pod, before) => isFinished(pod) && !isFinished(before) && podWent(watched, add, pod),
    remove: (pod) => podWent(watched, add, pod),
  });
}

const changedForOrphan = (set: ReplicaSet, before: ReplicaSet) =>
  controllerOf(before) !== undefined || !same(set.metadata?.labels, before.metadata?.labels);

function setChanged(watched: Watched, add: Add, set: ReplicaSet): void {
  if (controllerOf(set)) {
    tellOwner(watched, add, set);
    return;
  }
  for (const deployment of watched.deployments.by('namespace', set.metadata?.namespace ?? '')) {
    if (labelPredicate(deployment.spec?.selector)(set.metadata?.labels)) add(keyOf(deployment));
  }
}

function tellOwner(watched: Watched, add: Add, set: ReplicaSet): void {
  const owner = ownerOf(watched, set);
  if (owner) add(keyOf(owner));
}

function podWent(watched: Watched, add: Add, pod: Pod): void {
  const reference = controllerOf(pod);
  if (reference?.kind !== 'ReplicaSet') return;
  const set = watched.sets.get(`${pod.metadata?.namespace}/${reference.name}`);
  const owner = set && ownerOf(watched, set);
  if (owner && !isRolling(owner)) add(keyOf(owner));
}

function ownerOf({ deployments }: Watched, set: ReplicaSet): Deployment | undefined {
  const reference = controllerOf(set);
  if (reference?.kind !== 'Deployment') return undefined;
  const deployment = deployments.get(`${set.metadata?.namespace}/${reference.name}`);
  return deployment?.metadata?.uid === reference.uid ? deployment : undefined;
}
