/** What a stateful set says about itself. Pure. */
import { availableIn, isReady, isTerminating } from '../shared/pods.ts';
import { nameOf } from '../shared/revisions.ts';
import { isAvailable, isCreated, isRunningAndReady } from './health.ts';
import { podRevision, type StatefulSet, type StatefulSetStatus } from './identity.ts';
import type { Observed } from './plan.ts';

type Counts = { replicas: number; ready: number; available: number; current: number; updated: number };

/** `replaced`: pods of the current revision that this run deletes for an update. */
export function planStatus(observed: Observed, collisionCount: number, replaced: number): StatefulSetStatus {
  const counts = count(observed);
  counts.current -= replaced;
  const { set, update } = observed;
  const done = isRolledOut(set, counts);
  const status: StatefulSetStatus = { replicas: counts.replicas, availableReplicas: counts.available, collisionCount };
  status.observedGeneration = set.metadata?.generation ?? 0;
  status.currentRevision = nameOf(done ? update : observed.current);
  status.updateRevision = nameOf(update);
  const current = done ? counts.updated : counts.current;
  if (counts.ready > 0) status.readyReplicas = counts.ready;
  if (current > 0) status.currentReplicas = current;
  if (counts.updated > 0) status.updatedReplicas = counts.updated;
  if (set.status?.conditions) status.conditions = set.status.conditions;
  return status;
}

function count({ set, pods, current, update, now }: Observed): Counts {
  const counts: Counts = { replicas: 0, ready: 0, available: 0, current: 0, updated: 0 };
  for (const pod of pods) {
    if (!isCreated(pod)) continue;
    counts.replicas++;
    if (isRunningAndReady(pod)) counts.ready++;
    if (isAvailable(pod, set, now)) counts.available++;
    if (isTerminating(pod)) continue;
    if (podRevision(pod) === nameOf(current)) counts.current++;
    if (podRevision(pod) === nameOf(update)) counts.updated++;
  }
  return counts;
}

const isRolledOut = (set: StatefulSet, { replicas, ready, updated }: Counts) =>
  set.spec?.updateStrategy?.type !== 'OnDelete' && updated === replicas && ready === replicas;

/** Milliseconds until the next ready pod becomes available; undefined: none will by time alone. */
export function nextAvailable({ set, pods, now }: Observed): number | undefined {
  const minReady = set.spec?.minReadySeconds ?? 0;
  if (minReady === 0) return undefined;
  const waits = pods.filter(isReady).map((pod) => availableIn(pod, minReady, now) ?? 0);
  const next = Math.min(...waits.filter((wait) => wait > 0));
  return Number.isFinite(next) ? next : undefined;
}
