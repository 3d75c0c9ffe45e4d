/** What a daemon set says about itself. Pure. */
import type { Pod } from '../../client/resources.ts';
import { availableIn, isReady } from '../shared/pods.ts';
import { type DaemonSetStatus, isUpdated } from './identity.ts';
import { isAvailable, minReadyOf, type Observed, oldestFirst } from './plan.ts';

/** `seen`: the set's changes have been acted on, and not only looked at. */
export function planStatus(observed: Observed, seen: boolean, collisionCount: number | undefined): DaemonSetStatus {
  const { set, byNode, hash } = observed;
  const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of observed.nodes) {
    const pod = byNode.get(node.metadata?.name ?? '')?.toSorted(oldestFirst)[0];
    if (!observed.fits(node).runs) {
      if (pod) count.misscheduled++;
      continue;
    }
    count.desired++;
    if (!pod) continue;
    count.current++;
    if (isReady(pod)) count.ready++;
    if (isAvailable(observed, pod)) count.available++;
    if (isUpdated(pod, hash)) count.updated++;
  }
  const status: DaemonSetStatus = {
    currentNumberScheduled: count.current,
    numberMisscheduled: count.misscheduled,
    desiredNumberScheduled: count.desired,
    numberReady: count.ready,
  };
  const observedGeneration = seen ? set.metadata?.generation : set.status?.observedGeneration;
  if (observedGeneration) status.observedGeneration = observedGeneration;
  if (count.updated > 0) status.updatedNumberScheduled = count.updated;
  if (count.available > 0) status.numberAvailable = count.available;
  if (count.desired > count.available) status.numberUnavailable = count.desired - count.available;
  if (collisionCount !== undefined) status.collisionCount = collisionCount;
  if (set.status?.conditions) status.conditions = set.status.conditions;
  return status;
}

/** Milliseconds until the next ready pod becomes available; undefined: none will by time alone. */
export function nextAvailable({ set, byNode, now }: Observed): number | undefined {
  const minReady = minReadyOf(set);
  if (minReady === 0) return undefined;
  const wait = (pod: Pod) => availableIn(pod, minReady, now) || Number.POSITIVE_INFINITY;
  const next = Math.min(...[...byNode.values()].flat().map(wait));
  return Number.isFinite(next) ? next : undefined;
}
