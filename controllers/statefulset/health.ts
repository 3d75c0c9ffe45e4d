/** How a pod of a stateful set fares. */
import type { Pod } from '../../client/resources.ts';
import { availableIn, isFinished, isReady, isTerminating } from '../shared/pods.ts';
import type { StatefulSet } from './identity.ts';

export const isFinishedPod = isFinished;

/** False for one that is only planned. */
export const isCreated = (pod: Pod): boolean => (pod.status?.phase ?? '') !== '';

export const isPending = (pod: Pod): boolean => pod.status?.phase === 'Pending';

export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod);

export const isAvailable = (pod: Pod, set: StatefulSet, now: number): boolean =>
  isRunningAndReady(pod) && availableIn(pod, set.spec?.minReadySeconds ?? 0, now) === 0;

export const isUnavailable = (pod: Pod, set: StatefulSet, now: number): boolean => !isAvailable(pod, set, now) || isTerminating(pod);
