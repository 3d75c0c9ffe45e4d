/**
 * Counting pods that have ended, each exactly once, whatever crashes when: first the status names them as uncounted, then their finalizer is
 * removed, then the counters take them in. A pod can't vanish before it is counted, and is not counted again once it is released
 * (kubernetes/pkg/controller/job/job_controller.go, trackJobStatusAndRemoveFinalizers). Pure.
 */
import type { Pod } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import type { End } from './end.ts';
import { isFailed, judge } from './failures.ts';
import { conditionOf, indexOf, isHeld, isIndexed, type JobCondition, type JobStatus } from './identity.ts';
import { countIndexes, formatIndexes } from './indexes.ts';
import { type Sight, uidOf } from './sight.ts';

/** UIDs that the status holds at most, so that it does not grow too big. */
const MAX_UNCOUNTED = 500;

export interface Tracking {
  /** To be written before anything is released. */
  status: JobStatus;
  release: Pod[];
  /** UIDs of pods that hold the finalizer, before the release. */
  held: Set<string>;
  /** More have ended than one run counts. */
  more: boolean;
}

/** What the pods came to after this run has made and deleted some. */
export interface After {
  active: number;
  ready: number;
  terminating: number;
  /** The job ends with this run if nothing is left to count. */
  end: End | undefined;
  conditions: JobCondition[];
  startTime: string | undefined;
}

export function planTracking(sight: Sight, after: After): Tracking {
  const held = new Set(sight.pods.filter((pod) => isHeld(pod) && !sight.released.has(uidOf(pod))).map(uidOf));
  const counted = takeIn(statusOf(sight, after), held);
  const uncounted = {
    succeeded: [...(counted.uncountedTerminatedPods?.succeeded ?? [])],
    failed: [...(counted.uncountedTerminatedPods?.failed ?? [])],
  };
  const { release, more } = gather(sight, after.end, held, uncounted);
  return { status: { ...counted, ...uncountedField(uncounted) }, release, held, more };
}

type Uncounted = { succeeded: string[]; failed: string[] };

const uncountedField = ({ succeeded, failed }: Uncounted) => ({
  uncountedTerminatedPods: { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) },
});

/** Adds to `uncounted` what has ended, and says what may be released. */
function gather(sight: Sight, end: End | undefined, held: Set<string>, uncounted: Uncounted): Pick<Tracking, 'release' | 'more'> {
  const release: Pod[] = [];
  let indexes = 0;
  for (const pod of sight.pods) {
    const uid = uidOf(pod);
    if (!held.has(uid) || !isReleasable(sight, end, pod)) continue;
    release.push(pod);
    const how = countAs(sight, end, pod);
    if (how === 'index') indexes++;
    else if (how) uncounted[how].push(uid);
    if (indexes + uncounted.succeeded.length + uncounted.failed.length >= MAX_UNCOUNTED) return { release, more: true };
  }
  return { release, more: false };
}

function isReleasable({ job, delayed }: Sight, end: End | undefined, pod: Pod): boolean {
  if (job.metadata?.deletionTimestamp || end || pod.status?.phase === 'Succeeded') return true;
  return isFailed(job, pod) && delayed.get(indexOf(job, pod) ?? -1) !== pod;
}

/** `index`: its index counts, no matter how many pods did it. */
function countAs({ job, uncounted, countedIndexes }: Sight, end: End | undefined, pod: Pod): keyof Uncounted | 'index' | undefined {
  const uid = uidOf(pod);
  const index = indexOf(job, pod);
  if (uncounted.failed.has(uid) || (isIndexed(job) && index === undefined)) return undefined;
  if (pod.status?.phase === 'Succeeded') {
    if (isIndexed(job)) return countedIndexes.some(([first, last]) => first <= (index ?? 0) && (index ?? 0) <= last) ? undefined : 'index';
    return uncounted.succeeded.has(uid) ? undefined : 'succeeded';
  }
  // When the job fails, all that did not end by themselves count as failed.
  if (!isFailed(job, pod) && end?.type !== 'FailureTarget') return undefined;
  return judge(job, pod).counts ? 'failed' : undefined;
}

function statusOf({ job, succeededIndexes, failedIndexes, now }: Sight, after: After): JobStatus {
  const { active: _, ready: __, terminating: ___, startTime: ____, conditions: _____, ...kept } = job.status ?? {};
  const status: JobStatus = { ...kept, ready: after.ready, terminating: after.terminating };
  if (after.active > 0) status.active = after.active;
  if (after.startTime) status.startTime = after.startTime;
  const conditions =
    after.end && !conditionOf(job.status, after.end.type) ? [...after.conditions, made(after.end, after.end.type, now)] : after.conditions;
  if (conditions.length > 0) status.conditions = conditions;
  if (isIndexed(job)) {
    const succeeded = countIndexes(succeededIndexes);
    if (succeeded > 0 || status.succeeded !== undefined) status.succeeded = succeeded;
    const text = formatIndexes(succeededIndexes);
    if (text || status.completedIndexes) status.completedIndexes = text;
    if (failedIndexes) status.failedIndexes = formatIndexes(failedIndexes);
  }
  return status;
}

export function made({ reason, message }: Pick<End, 'reason' | 'message'>, type: string, now: number, status = 'True'): JobCondition {
  const time = rfc3339(now);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

/** Moves what holds no finalizer any more (or is gone) from the uncounted into the counters. */
export function takeIn(status: JobStatus, held: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const left: Uncounted = { succeeded: succeeded.filter((uid) => held.has(uid)), failed: failed.filter((uid) => held.has(uid)) };
  const next: JobStatus = { ...status, ...uncountedField(left) };
  if (left.succeeded.length < succeeded.length) next.succeeded = (status.succeeded ?? 0) + succeeded.length - left.succeeded.length;
  if (left.failed.length < failed.length) next.failed = (status.failed ?? 0) + failed.length - left.failed.length;
  return next;
}

/** The status of the job that has ended; undefined: something is still to be counted, or to terminate. */
export function ended(status: JobStatus, end: End, now: number): JobStatus | undefined {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0 || (status.terminating ?? 0) > 0) return undefined;
  const success = end.type === 'SuccessCriteriaMet';
  const conditions = [...(status.conditions ?? []), made(end, success ? 'Complete' : 'Failed', now)];
  return { ...status, conditions, ...(success && { completionTime: rfc3339(now) }) };
}
