/** What happens in the cluster, as far as it may give a pod that was refused another chance. */
import type { Node, Pod } from '../../client/resources.ts';
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';

/** `node`: came or changed. `podPending`: a pod came that is to be scheduled. `podGone`: a pod left its node. `podPlaced`: a pod is on a node, or one there changed. Others: came or changed. */
export type ClusterEvent =
  | { what: 'node'; node: Node; before: Node | undefined }
  | { what: 'nodeGone'; node: Node }
  | { what: 'podPlaced'; pod: Pod }
  | { what: 'podGone'; pod: Pod }
  | { what: 'podPending'; pod: Pod }
  | { what: 'namespace'; name: string }
  | { what: 'storage'; kind: string };

export type EventName = ClusterEvent['what'];

/** Those that may help a pod for which there was no node at all. */
export const EVENT_NAMES: readonly EventName[] = ['node', 'nodeGone', 'podPlaced', 'podGone', 'namespace', 'storage'];

export interface Hint {
  readonly on: EventName;
  /** Whether this event could change the plugin's mind about this pod. Absent: it could. */
  helps?(pod: PodInfo, event: never, cluster: Cluster): boolean;
}

type EventOf<N extends EventName> = Extract<ClusterEvent, { what: N }>;

export function hint<N extends EventName>(on: N, helps?: (pod: PodInfo, event: EventOf<N>, cluster: Cluster) => boolean): Hint {
  return helps ? { on, helps: helps as Hint['helps'] & object } : { on };
}
