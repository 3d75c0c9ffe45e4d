/** Which daemon sets a change of a pod or of a node is news to. */
import { type Informer, keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import type { Node, Pod } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import { deletionName } from '../replicaset/watch.ts';
import type { Expectations } from '../shared/expectations.ts';
import { controllerOf } from '../shared/owners.ts';
import { isTerminating } from '../shared/pods.ts';
import { same } from '../shared/same.ts';
import { fitsOf } from './fits.ts';
import type { DaemonSet } from './identity.ts';

export interface Watched {
  sets: Informer<DaemonSet>;
  pods: Informer<Pod>;
  nodes: Informer<Node>;
  creations: Expectations;
  deletions: Expectations;
}

/** Changes of pods come in masses: they are gathered this long (ms). */
const GATHER = 20;

export function connect(watched: Watched, add: Add): void {
  const { sets, pods, creations, deletions } = watched;
  sets.handle({
    add: (set) => add(keyOf(set)),
    update: (set) => add(keyOf(set)),
    remove: (set) => {
      creations.forget(keyOf(set));
      deletions.forget(keyOf(set));
    },
  });
  pods.handle({
    add: (pod) => (isTerminating(pod) ? podGoes(watched, add, pod) : podComes(watched, add, pod)),
    update: (pod, before) => podChanges(watched, add, pod, before),
    remove: (pod) => podGoes(watched, add, pod),
  });
  connectNodes(watched, add);
}

function connectNodes({ sets, nodes }: Watched, add: Add): void {
  const tell = (wants: (set: DaemonSet) => boolean) => {
    for (const set of sets.list()) if (wants(set)) add(keyOf(set));
  };
  nodes.handle({
    add: (node) => tell((set) => fitsOf(set)(node).runs),
    remove: (node) => tell((set) => fitsOf(set)(node).stays),
    update: (node, before) => {
      if (same(node.metadata?.labels, before.metadata?.labels) && same(node.spec?.taints, before.spec?.taints)) return;
      tell((set) => !same(fitsOf(set)(node), fitsOf(set)(before)));
    },
  });
}

function podComes(watched: Watched, add: Add, pod: Pod): void {
  const owner = ownerOf(watched, pod);
  if (owner) {
    watched.creations.creationSeen(keyOf(owner));
    add(keyOf(owner), { after: GATHER });
  } else if (!controllerOf(pod)) offer(watched, add, pod);
}

function podGoes(watched: Watched, add: Add, pod: Pod): void {
  const owner = ownerOf(watched, pod);
  if (!owner) return;
  watched.deletions.deletionSeen(keyOf(owner), deletionName(pod));
  add(keyOf(owner), { after: GATHER });
}

function podChanges(watched: Watched, add: Add, pod: Pod, before: Pod): void {
  const left = controllerOf(before)?.uid === controllerOf(pod)?.uid ? undefined : ownerOf(watched, before);
  if (left) add(keyOf(left));
  const owner = ownerOf(watched, pod);
  if (owner && isTerminating(pod)) podGoes(watched, add, pod);
  else if (owner) add(keyOf(owner), { after: GATHER });
  else if (!controllerOf(pod) && (controllerOf(before) || !same(pod.metadata?.labels, before.metadata?.labels))) offer(watched, add, pod);
}

/** An orphan may be adopted by any set of its namespace that matches it. */
function offer({ sets }: Watched, add: Add, pod: Pod): void {
  for (const set of sets.by('namespace', pod.metadata?.namespace ?? '')) {
    if (labelPredicate(set.spec?.selector)(pod.metadata?.labels)) add(keyOf(set));
  }
}

function ownerOf({ sets }: Watched, pod: Pod): DaemonSet | undefined {
  const reference = controllerOf(pod);
  if (reference?.kind !== 'DaemonSet') return undefined;
  const set = sets.get(`${pod.metadata?.namespace}/${reference.name}`);
  return set?.metadata?.uid === reference.uid ? set : undefined;
}
