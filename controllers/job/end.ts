/** Whether a job is at its end: it has what it wanted, or must fail (kubernetes/pkg/controller/job/job_controller.go). Pure. */
import { isFailed, judge } from './failures.ts';
import { conditionOf, isIndexed, isSuspended, type Job } from './identity.ts';
import { countAmong, countIndexes, type Indexes, parseIndexes } from './indexes.ts';
import type { Sight } from './sight.ts';

/** First it is told that the job is about to end; that it has ended only when no pod is left uncounted or terminating. */
export interface End {
  type: 'SuccessCriteriaMet' | 'FailureTarget';
  reason: string;
  message: string;
}

export const COMPLETIONS_REACHED: End = {
  type: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

const failure = (reason: string, message: string): End => ({ type: 'FailureTarget', reason, message });

/** Undefined: it goes on. That enough pods have succeeded is seen later, when none is active any more. */
export function endOfJob(sight: Sight): End | undefined {
  return toldBefore(sight.job) ?? policyEnd(sight) ?? limitEnd(sight) ?? indexEnd(sight) ?? successEnd(sight.job, sight.succeededIndexes);
}

function toldBefore({ status }: Job): End | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const told = conditionOf(status, type);
    if (told) return { type, reason: told.reason ?? '', message: told.message ?? '' };
  }
  return undefined;
}

function policyEnd({ job, pods }: Sight): End | undefined {
  if (!job.spec?.podFailurePolicy) return undefined;
  for (const pod of pods) {
    const { failsJob } = isFailed(job, pod) ? judge(job, pod) : {};
    if (failsJob) return failure('PodFailurePolicy', failsJob);
  }
  return undefined;
}

function limitEnd(sight: Sight): End | undefined {
  const { job, failed } = sight;
  const limit = job.spec?.backoffLimit ?? (job.spec?.backoffLimitPerIndex === undefined ? 6 : Number.POSITIVE_INFINITY);
  if (failed > limit || restartedTooOften(sight, limit)) {
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  return deadlineLeft(sight) === 0 ? failure('DeadlineExceeded', 'Job was active longer than specified deadline') : undefined;
}

/** With the restart policy OnFailure the kubelet starts containers again: their restarts count. */
function restartedTooOften({ job, pods }: Sight, limit: number): boolean {
  if (job.spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const { restartCount } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) restarts += restartCount;
  }
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Milliseconds that the job may still be active; undefined: no limit, or its time does not run. */
export function deadlineLeft({ job, now }: Pick<Sight, 'job' | 'now'>): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds;
  if (seconds === undefined || isSuspended(job)) return undefined;
  const start = job.status?.startTime ? Date.parse(job.status.startTime) : now;
  return Math.max(0, start + seconds * 1000 - now);
}

function indexEnd({ job, failedIndexes, succeededIndexes }: Sight): End | undefined {
  const failed = failedIndexes ? countIndexes(failedIndexes) : 0;
  if (failed === 0) return undefined;
  if (failed > (job.spec?.maxFailedIndexes ?? Number.POSITIVE_INFINITY)) {
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  const through = failed + countIndexes(succeededIndexes) >= (job.spec?.completions ?? 0);
  return through ? failure('FailedIndexes', 'Job has failed indexes') : undefined;
}

function successEnd(job: Job, succeeded: Indexes): End | undefined {
  if (!isIndexed(job)) return undefined;
  for (const [i, { succeededIndexes, succeededCount }] of (job.spec?.successPolicy?.rules ?? []).entries()) {
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, job.spec?.completions ?? 0);
    const met = wanted ? countAmong(succeeded, wanted) : countIndexes(succeeded);
    const needed = succeededCount ?? (wanted ? countIndexes(wanted) : 0);
    if (met >= needed) return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${i}` };
  }
  return undefined;
}
