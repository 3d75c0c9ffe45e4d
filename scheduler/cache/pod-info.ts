/** A pod as the scheduler keeps it. */
import type { Pod } from '../../client/resources.ts';
import type { PodClass } from './pod-class.ts';

export interface PodInfo {
  /** `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  pod: Pod;
  readonly podClass: PodClass;
  readonly priority: number;
  /** Milliseconds since 1970; 0 if not stated. */
  readonly createdAt: number;
  /** When it started to run, in milliseconds since 1970; `undefined` if it has not. */
  startedAt: number | undefined;
  /** It is being deleted. */
  readonly terminating: boolean;
  /** The slot of the node that it is on; -1: on none. */
  slot: number;
}

export function milliseconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

/** A pod that has run to its end holds nothing of its node. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function keyOfPod(pod: Pod): string {
  return `${pod.metadata?.namespace}/${pod.metadata?.name}`;
}
