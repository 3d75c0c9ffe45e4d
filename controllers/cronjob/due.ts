/** Which time of its schedule a cron job has to serve now (kubernetes/pkg/controller/cronjob/utils.go). Pure. */
import type { CronJob } from './identity.ts';
import type { Schedule } from './schedule.ts';

export interface Due {
  /** The latest time that has come and was not served; undefined: none. */
  time: number | undefined;
  /** So many were missed that the clock, or the deadline, must be wrong. */
  tooMany: boolean;
}

const MANY = 100;

export function dueOf(cron: CronJob, schedule: Schedule, now: number): Due {
  const first = schedule.next(earliest(cron, now));
  if (first === undefined || first > now) return { time: undefined, tooMany: false };
  const second = schedule.next(first);
  if (second === undefined || second > now) return { time: first, tooMany: false };
  // What lies between is not gone through one by one: there may be years of it.
  const missed = Math.floor((now - first) / (second - first)) + 1;
  let time = first;
  let next = schedule.next(Math.max(first, first + (missed - 2) * (second - first)));
  for (; next !== undefined && next <= now; next = schedule.next(next)) time = next;
  return { time, tooMany: missed > MANY };
}

function earliest({ metadata, status, spec }: CronJob, now: number): number {
  const since = Date.parse(status?.lastScheduleTime ?? metadata?.creationTimestamp ?? '') || now;
  const deadline = spec?.startingDeadlineSeconds;
  return deadline === undefined ? since : Math.max(since, now - deadline * 1000);
}
