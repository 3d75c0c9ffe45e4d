/** What a job's pods come to: who runs, who has ended and is not counted yet, which indexes are through, and whether that ends the job. Pure. */
import type { Pod } from '../../client/resources.ts';
import { isActive, isFinished, isReady, isTerminating } from '../shared/pods.ts';
import { endTime, type Failures, failuresAfter } from './backoff.ts';
import { type End, endOfJob } from './end.ts';
import { failsIndex, failuresBefore, isFailed, judge } from './failures.ts';
import { hasLimitPerIndex, indexOf, isHeld, isIndexed, type Job } from './identity.ts';
import { countIndexes, hasIndex, type Indexes, parseIndexes, withIndexes } from './indexes.ts';

export interface Observed {
  job: Job;
  pods: Pod[];
  /** UIDs of pods that were released from the finalizer, which our copy may not show yet. */
  released: ReadonlySet<string>;
  /** Our copy shows all pods that were made or deleted. */
  fresh: boolean;
  failures: Failures;
  now: number;
}

export interface Sight extends Observed {
  active: Pod[];
  ready: number;
  terminating: number;
  /** UIDs that the status holds as ended and that are not in its counters yet. */
  uncounted: { succeeded: Set<string>; failed: Set<string> };
  /** All that have, counted or not. */
  succeeded: number;
  failed: number;
  /** Indexes that had succeeded when the status was written. */
  countedIndexes: Indexes;
  succeededIndexes: Indexes;
  /** Undefined where indexes have no limit of their own. */
  failedIndexes: Indexes | undefined;
  /** By index the pod that failed last, which is held until its replacement has taken over its count of failures. */
  delayed: Map<number, Pod>;
  end: End | undefined;
}

export const uidOf = (pod: Pod): string => pod.metadata?.uid ?? '';

export function look(observed: Observed): Sight {
  const { job, pods } = observed;
  const active = pods.filter(isActive);
  const held = pods.filter((pod) => isHeld(pod) && !observed.released.has(uidOf(pod)));
  const uncounted = uncountedOf(job);
  const valid = isIndexed(job) ? held.filter((pod) => indexOf(job, pod) !== undefined) : held;
  const succeeded = valid.filter((pod) => pod.status?.phase === 'Succeeded' && !uncounted.succeeded.has(uidOf(pod)));
  const failed = valid.filter((pod) => isFailed(job, pod) && !uncounted.failed.has(uidOf(pod)));
  const sight: Sight = {
    ...observed,
    failures: failuresAfter(observed.failures, succeeded, failed, observed.now),
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => isTerminating(pod) && !isFinished(pod)).length,
    uncounted,
    succeeded: (job.status?.succeeded ?? 0) + succeeded.length + uncounted.succeeded.size,
    failed: (job.status?.failed ?? 0) + failed.filter((pod) => judge(job, pod).counts).length + uncounted.failed.size,
    ...indexesOf(job, valid),
    delayed: new Map(),
    end: undefined,
  };
  if (isIndexed(job)) sight.succeeded = countIndexes(sight.succeededIndexes);
  if (sight.failedIndexes) sight.delayed = delayedOf(sight, valid);
  sight.end = endOfJob(sight);
  return sight;
}

function uncountedOf(job: Job): Sight['uncounted'] {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  return { succeeded: new Set(succeeded), failed: new Set(failed) };
}

function indexesOf(job: Job, held: Pod[]): Pick<Sight, 'countedIndexes' | 'succeededIndexes' | 'failedIndexes'> {
  if (!isIndexed(job)) return { countedIndexes: [], succeededIndexes: [], failedIndexes: undefined };
  const limit = job.spec?.completions ?? 0;
  const indexes = (pods: Pod[]) => pods.map((pod) => indexOf(job, pod) ?? 0);
  const countedIndexes = parseIndexes(job.status?.completedIndexes, limit);
  const succeededIndexes = withIndexes(countedIndexes, indexes(held.filter((pod) => pod.status?.phase === 'Succeeded')));
  if (!hasLimitPerIndex(job)) return { countedIndexes, succeededIndexes, failedIndexes: undefined };
  const failed = held.filter((pod) => failsIndex(job, pod));
  return { countedIndexes, succeededIndexes, failedIndexes: withIndexes(parseIndexes(job.status?.failedIndexes, limit), indexes(failed)) };
}

function delayedOf({ job, active, succeededIndexes, failedIndexes = [], now }: Sight, held: Pod[]): Map<number, Pod> {
  const running = new Set(active.map((pod) => indexOf(job, pod)));
  const delayed = new Map<number, Pod>();
  for (const pod of held) {
    const index = indexOf(job, pod) ?? 0;
    if (!isFailed(job, pod) || running.has(index) || hasIndex(succeededIndexes, index) || hasIndex(failedIndexes, index)) continue;
    const before = delayed.get(index);
    if (!before || isLater(pod, before)) delayed.set(index, pod);
  }
  return delayed;

  function isLater(pod: Pod, before: Pod): boolean {
    const [more, times] = [failuresBefore(pod) - failuresBefore(before), [pod, before].map((one) => endTime(one, now))];
    return more >= 0 && (times[0] as number) >= (times[1] as number);
  }
}
