/** Indexes of the shared pod informer. */
import type { Informer, Informers } from '../../client/informer.ts';
import { type Pod, pods } from '../../client/resources.ts';
import { controllerOf } from './owners.ts';

/** By the UID of its controller, or `orphans/<namespace>`. */
const OWNER = 'owner';
const NAMESPACE = 'namespace';
const NODE = 'node';

export function podsByOwner(informers: Informers): Informer<Pod> {
  const informer = informers.for(pods);
  informer.addIndex(OWNER, (pod) => [controllerOf(pod)?.uid ?? `orphans/${pod.metadata?.namespace}`]);
  return informer;
}

export const podsOf = (informer: Informer<Pod>, ownerUid: string): Pod[] => informer.by(OWNER, ownerUid);

export const orphanPods = (informer: Informer<Pod>, namespace: string): Pod[] => informer.by(OWNER, `orphans/${namespace}`);

export function podsByNamespace(informers: Informers): Informer<Pod> {
  const informer = informers.for(pods);
  informer.addIndex(NAMESPACE, (pod) => [pod.metadata?.namespace ?? '']);
  return informer;
}

export const podsIn = (informer: Informer<Pod>, namespace: string): Pod[] => informer.by(NAMESPACE, namespace);

export function podsByNode(informers: Informers): Informer<Pod> {
  const informer = informers.for(pods);
  informer.addIndex(NODE, (pod) => [pod.spec?.nodeName ?? '']);
  return informer;
}

/** Pods bound to the node; of no node with an empty name. */
export const podsOn = (informer: Informer<Pod>, node: string): Pod[] => informer.by(NODE, node);
