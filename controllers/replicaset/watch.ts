/** Which replica sets a change of a pod, or of a replica set, is news to. */
import type { Informer } from '../../client/informer.ts';
import { keyOf } from '../../client/informer.ts';
import type { Pod, ReplicaSet } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import type { Expectations } from '../shared/expectations.ts';
import { controllerOf } from '../shared/owners.ts';
import { isReady, isTerminating } from '../shared/pods.ts';
import { same } from '../shared/same.ts';
import type { ReplicaKind } from './kind.ts';

export interface Watched {
  kind: ReplicaKind;
  sets: Informer<ReplicaSet>;
  pods: Informer<Pod>;
  expectations: Expectations;
}

/** Names a pod among the expected deletions: a new pod of the same name is another one. */
export const deletionName = (pod: Pod): string => `${keyOf(pod)}/${pod.metadata?.uid}`;

/** Changes of a big set's pods come in masses: they are gathered this long, so that they cost one run and not thousands. */
const gathering = (set: ReplicaSet) => Math.min(100, (set.spec?.replicas ?? 1) / 50);

export function connect(watched: Watched, add: Add): void {
  const { sets, pods, expectations } = watched;
  sets.handle({
    add: (set) => add(keyOf(set)),
    update: (set) => add(keyOf(set)),
    remove: (set) => {
      expectations.forget(keyOf(set));
      add(keyOf(set));
    },
  });
  pods.handle({
    add: (pod) => (isTerminating(pod) ? podGoes(watched, add, pod) : podComes(watched, add, pod)),
    update: (pod, before) => podChanges(watched, add, pod, before),
    remove: (pod) => podGoes(watched, add, pod),
  });
}

function podComes(watched: Watched, add: Add, pod: Pod): void {
  const owner = ownerOf(watched, pod);
  if (owner) {
    const isLast = watched.expectations.creationSeen(keyOf(owner));
    add(keyOf(owner), { after: isLast ? 0 : gathering(owner) });
  } else if (!controllerOf(pod)) offer(watched, add, pod);
}

function podGoes(watched: Watched, add: Add, pod: Pod): void {
  const owner = ownerOf(watched, pod);
  if (!owner) return;
  const isLast = watched.expectations.deletionSeen(keyOf(owner), deletionName(pod));
  add(keyOf(owner), { after: isLast ? 0 : gathering(owner) });
}

function podChanges(watched: Watched, add: Add, pod: Pod, before: Pod): void {
  // Once marked for deletion it does not count any more: no need to wait until it is gone.
  if (isTerminating(pod)) podGoes(watched, add, pod);
  const ownerBefore = controllerOf(before)?.uid;
  const owner = ownerOf(watched, pod);
  if (ownerBefore && ownerBefore !== controllerOf(pod)?.uid) {
    const left = ownerOf(watched, before);
    if (left) add(keyOf(left));
  }
  if (owner) {
    add(keyOf(owner), { after: gathering(owner) });
    const minReady = owner.spec?.minReadySeconds ?? 0;
    // One second more, since times have a resolution of a second.
    if (minReady > 0 && isReady(pod) && !isReady(before)) add(keyOf(owner), { after: minReady * 1000 + 1000 });
  } else if (!controllerOf(pod) && (ownerBefore || !same(pod.metadata?.labels, before.metadata?.labels))) offer(watched, add, pod);
}

/** An orphan may be adopted by any set of its namespace that matches it. */
function offer({ kind, sets }: Watched, add: Add, pod: Pod): void {
  for (const set of sets.by('namespace', pod.metadata?.namespace ?? '')) {
    if (kind.selects(set)(pod.metadata?.labels)) add(keyOf(set));
  }
}

function ownerOf({ kind, sets }: Watched, pod: Pod): ReplicaSet | undefined {
  const reference = controllerOf(pod);
  if (reference?.kind !== kind.kind) return undefined;
  const set = sets.get(`${pod.metadata?.namespace}/${reference.name}`);
  return set?.metadata?.uid === reference.uid ? set : undefined;
}
