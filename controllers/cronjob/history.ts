/** What a cron job knows of its jobs: which are active, when one last succeeded, and which old ones go. Pure. */
import { endOf, type Job } from '../job/identity.ts';
import type { ActiveJob, CronJob, CronJobStatus } from './identity.ts';

export interface Sighting {
  active: ActiveJob[];
  lastSuccessfulTime: string | undefined;
  /** Were active, and have ended. */
  ended: Job[];
  /** Run, and are not known. */
  unexpected: Job[];
  /** Known as active, and not to be seen. */
  missing: ActiveJob[];
}

const uidOf = (job: Job) => job.metadata?.uid ?? '';

export function look(status: CronJobStatus, jobs: Job[]): Sighting {
  const active = status.active ?? [];
  const known = new Set(active.map(({ uid }) => uid));
  const ended = jobs.filter((job) => known.has(uidOf(job)) && endOf(job));
  const gone = new Set(ended.map(uidOf));
  const seen = new Set(jobs.map(uidOf));
  let lastSuccessfulTime = status.lastSuccessfulTime;
  for (const job of jobs) {
    const time = endOf(job)?.type === 'Complete' ? job.status?.completionTime : undefined;
    if (time && (!lastSuccessfulTime || Date.parse(time) > Date.parse(lastSuccessfulTime))) lastSuccessfulTime = time;
  }
  return {
    active: active.filter(({ uid }) => !gone.has(uid ?? '')),
    lastSuccessfulTime,
    ended,
    unexpected: jobs.filter((job) => !known.has(uidOf(job)) && !endOf(job)),
    missing: active.filter(({ uid }) => !seen.has(uid ?? '')),
  };
}

/** Jobs that have ended and are more than the history's limits, the oldest first. */
export function outdated({ spec }: CronJob, jobs: Job[]): Job[] {
  const ofType = (type: string) => jobs.filter((job) => endOf(job)?.type === type).sort(byStart);
  const over = (ended: Job[], limit: number | undefined) => (limit === undefined ? [] : ended.slice(0, Math.max(0, ended.length - limit)));
  return [...over(ofType('Complete'), spec?.successfulJobsHistoryLimit), ...over(ofType('Failed'), spec?.failedJobsHistoryLimit)];
}

function byStart(a: Job, b: Job): number {
  const [first, second] = [a, b].map(({ status }) => (status?.startTime ? Date.parse(status.startTime) : Number.POSITIVE_INFINITY));
  if (first !== second) return (first as number) < (second as number) ? -1 : 1;
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1;
}
