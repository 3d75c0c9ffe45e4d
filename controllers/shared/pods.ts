/** What a pod's status says (k8s.io/kubernetes/pkg/api/v1/pod). */
import type { Pod } from '../../client/resources.ts';

export type PodCondition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

export const podCondition = (pod: Pod, type: string): PodCondition | undefined => pod.status?.conditions?.find((c) => c.type === type);

export const isReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

export const isTerminating = (pod: Pod): boolean => pod.metadata?.deletionTimestamp !== undefined;

/** Succeeded or Failed: it will never run again. */
export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Counts towards the replicas of its controller. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && !isTerminating(pod);

/** Since when it is ready, in ms; 0: it is not, or does not say. */
export function readySince(pod: Pod): number {
  const condition = podCondition(pod, 'Ready');
  return condition?.status === 'True' && condition.lastTransitionTime ? Date.parse(condition.lastTransitionTime) : 0;
}

/** Milliseconds until the pod, which is ready, has been so for `minReadySeconds`; 0: it is available; undefined: it is not ready. */
export function availableIn(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  if (!isReady(pod)) return undefined;
  if (minReadySeconds === 0) return 0;
  const since = readySince(pod);
  return since === 0 ? undefined : Math.max(0, since + minReadySeconds * 1000 - now);
}
