/** Pods that are to run together or not at all: PodGroups of scheduling.x-k8s.io, and how many pods of each there are. */
import type { Pod } from '../../client/resources.ts';
import type { KubeObject } from '../../types/wire.ts';
import type { PodInfo } from './pod-info.ts';
import { Shelf } from './storage.ts';

/** The label by which a pod names its group, of its own namespace. */
export const GROUP_LABEL = 'scheduling.x-k8s.io/pod-group';

export interface PodGroup extends KubeObject {
  spec?: {
    /** So many pods are placed together; fewer are not. */
    minMember?: number;
    /** How long those that have a place wait for the others. */
    scheduleTimeoutSeconds?: number;
    /** What the cluster must have in all before the first is placed. */
    minResources?: Record<string, string>;
  };
}

/** `namespace/name` of the pod's group; `undefined`: it has none. */
export function groupOf(pod: Pod): string | undefined {
  const name = pod.metadata?.labels?.[GROUP_LABEL];
  return name ? `${pod.metadata?.namespace}/${name}` : undefined;
}

function count(counts: Map<string, number>, key: string | undefined, change: number): void {
  if (key === undefined) return;
  const left = (counts.get(key) ?? 0) + change;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}

export class Gangs {
  /** By `namespace/name`. */
  readonly groups = new Shelf<PodGroup>();
  /** Pods that are known, and those of them that have a place, by group. */
  readonly members = new Map<string, number>();
  readonly placed = new Map<string, number>();

  came(pod: Pod): void {
    count(this.members, groupOf(pod), 1);
  }

  left(pod: Pod): void {
    count(this.members, groupOf(pod), -1);
  }

  settled({ pod }: PodInfo, change: 1 | -1): void {
    count(this.placed, groupOf(pod), change);
  }
}
