/** Which pods a job makes or deletes next. Pure. */
import type { Pod } from '../../client/resources.ts';
import { goFirst } from '../replicaset/goes-first.ts';
import { isTerminating } from '../shared/pods.ts';
import { backoffLeft, indexBackoffLeft } from './backoff.ts';
import { failureAnnotations } from './failures.ts';
import { hasLimitPerIndex, indexOf, isIndexed, isSuspended, type Job, type NewPod, waitsForEnd } from './identity.ts';
import { firstFree, withIndexes } from './indexes.ts';
import type { Sight } from './sight.ts';

/** Pods that one run makes or deletes, at most. */
const BURST = 500;

export interface Plan {
  create: NewPod[];
  remove: Pod[];
  /** The job ends: what is removed is held until it is counted as failed (or, after a success, not counted at all). */
  ending: boolean;
  /** Milliseconds until failed pods may be replaced. */
  backoff: number;
}

const NOTHING: Plan = { create: [], remove: [], ending: false, backoff: 0 };

/** Undefined: our copy is behind, or the job is being deleted; nothing is decided. */
export function planPods(sight: Sight): Plan | undefined {
  const { job, active, now } = sight;
  if (sight.end) return { ...NOTHING, remove: active, ending: true };
  if (!sight.fresh || job.metadata?.deletionTimestamp) return undefined;
  if (isSuspended(job)) return { ...NOTHING, remove: active.slice(0, BURST) };
  const wanted = wantedActive(sight);
  const remove = surplus(job, active, Math.max(0, active.length - wanted), now);
  if (remove.length > 0) return { ...NOTHING, remove: remove.slice(0, BURST) };
  const missing = wanted - active.length - (waitsForEnd(job) ? sight.terminating : 0);
  return missing > 0 ? planCreations(sight, Math.min(missing, BURST)) : NOTHING;
}

/** Without a number of completions the first success tells the others that the work is done: none is replaced any more. */
function wantedActive({ job, active, succeeded }: Sight): number {
  const { parallelism = 1, completions } = job.spec ?? {};
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

function surplus(job: Job, active: Pod[], atLeast: number, now: number): Pod[] {
  const twins = isIndexed(job) ? twinsAmong(job, active, now) : [];
  if (twins.length >= atLeast) return twins;
  const others = active.filter((pod) => !twins.includes(pod));
  return [...twins, ...goFirst(others, atLeast - twins.length, others, now)];
}

/** All but one of each index, and all of none. */
function twinsAmong(job: Job, active: Pod[], now: number): Pod[] {
  const byIndex = Map.groupBy(active, (pod) => indexOf(job, pod));
  return [...byIndex].flatMap(([index, pods]) => {
    if (index === undefined) return pods;
    return pods.length > 1 ? goFirst(pods, pods.length - 1, pods, now) : [];
  });
}

function planCreations(sight: Sight, count: number): Plan {
  const { job, failures, now } = sight;
  if (!hasLimitPerIndex(job)) {
    const backoff = backoffLeft(failures, now);
    if (backoff > 0) return { ...NOTHING, backoff };
  }
  if (!isIndexed(job)) return { ...NOTHING, create: Array.from({ length: count }, () => ({})) };
  const free = firstFree(takenIndexes(sight), count, job.spec?.completions ?? 0);
  const waits = free.map((index) => indexBackoffLeft(sight.delayed.get(index), now));
  const due = free.filter((_, i) => waits[i] === 0);
  if (due.length === 0 && free.length > 0) return { ...NOTHING, backoff: Math.min(...waits) };
  return { ...NOTHING, create: due.map((index) => podOf(sight, index)) };
}

function podOf({ job, delayed }: Sight, index: number): NewPod {
  const annotations = failureAnnotations(job, delayed.get(index));
  return { index, ...(annotations && { annotations }) };
}

function takenIndexes({ job, pods, active, succeededIndexes, failedIndexes = [] }: Sight) {
  const holding = waitsForEnd(job) ? [...active, ...pods.filter((pod) => isTerminating(pod) && !isEnded(pod))] : active;
  const held = holding.map((pod) => indexOf(job, pod)).filter((index) => index !== undefined);
  const failed = failedIndexes.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return withIndexes(succeededIndexes, [...held, ...failed]);
}

const isEnded = (pod: Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
