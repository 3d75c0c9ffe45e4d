/** Which stateful sets a change of a pod is news to. */
import { type Informer, keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import type { Pod } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import { controllerOf } from '../shared/owners.ts';
import { same } from '../shared/same.ts';
import { ordinalOf, type StatefulSet } from './identity.ts';

export interface Watched {
  sets: Informer<StatefulSet>;
  pods: Informer<Pod>;
}

export function connect(watched: Watched, add: Add): void {
  const changed = (set: StatefulSet) => add(keyOf(set));
  watched.sets.handle({ add: changed, update: changed, remove: changed });
  watched.pods.handle({
    add: (pod) => podChanged(watched, add, pod),
    update: (pod, before) => {
      if (controllerOf(before) && controllerOf(before)?.uid !== controllerOf(pod)?.uid) tellOwner(watched, add, before);
      const orphaned = controllerOf(before) !== undefined || !same(pod.metadata?.labels, before.metadata?.labels);
      if (controllerOf(pod) || orphaned) podChanged(watched, add, pod);
    },
    remove: (pod) => podChanged(watched, add, pod),
  });
}

function podChanged(watched: Watched, add: Add, pod: Pod): void {
  if (controllerOf(pod)) tellOwner(watched, add, pod);
  else for (const set of watched.sets.by('namespace', pod.metadata?.namespace ?? '')) if (isMember(set, pod)) add(keyOf(set));
}

/** Only pods that bear a name of the set can be its own. */
export const isMember = (set: StatefulSet, pod: Pod): boolean =>
  ordinalOf(set, pod) !== undefined && labelPredicate(set.spec?.selector)(pod.metadata?.labels);

function tellOwner({ sets }: Watched, add: Add, pod: Pod): void {
  const reference = controllerOf(pod);
  if (reference?.kind !== 'StatefulSet') return;
  const set = sets.get(`${pod.metadata?.namespace}/${reference.name}`);
  if (set?.metadata?.uid === reference.uid) add(keyOf(set));
}
