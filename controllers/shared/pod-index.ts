/** The shared pod informer with the index that all owners of pods use. */
import type { Informer, Informers } from '../../client/informer.ts';
import { type Pod, pods } from '../../client/resources.ts';
import { controllerOf } from './owners.ts';

/** By the UID of its controller, or `orphans/<namespace>`. */
const OWNER = 'owner';

export function podsByOwner(informers: Informers): Informer<Pod> {
  const informer = informers.for(pods);
  informer.addIndex(OWNER, (pod) => [controllerOf(pod)?.uid ?? `orphans/${pod.metadata?.namespace}`]);
  return informer;
}

export const podsOf = (informer: Informer<Pod>, ownerUid: string): Pod[] => informer.by(OWNER, ownerUid);

export const orphanPods = (informer: Informer<Pod>, namespace: string): Pod[] => informer.by(OWNER, `orphans/${namespace}`);
