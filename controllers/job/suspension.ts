/** What a job says about being suspended or resumed. Pure. */
import { rfc3339 } from '../../types/part/clock.ts';
import { isSuspended, type Job, type JobCondition } from './identity.ts';
import { made } from './tracking.ts';

export interface Suspension {
  conditions: JobCondition[];
  /** Absent: nothing has changed. */
  event?: { reason: string; message: string };
  /** The job's time does not run while it is suspended, and starts anew. */
  startTime: string | undefined;
}

export function suspension(job: Job, now: number): Suspension {
  const conditions = job.status?.conditions ?? [];
  const standing = conditions.find(({ type }) => type === 'Suspended');
  const suspended = isSuspended(job);
  const unchanged = standing ? (standing.status === 'True') === suspended : !suspended;
  if (unchanged) return { conditions, startTime: job.status?.startTime };
  const word = suspended ? 'suspended' : 'resumed';
  const reason = suspended ? 'JobSuspended' : 'JobResumed';
  const condition = made({ reason, message: `Job ${word}` }, 'Suspended', now, suspended ? 'True' : 'False');
  return {
    conditions: [...conditions.filter(({ type }) => type !== 'Suspended'), condition],
    event: { reason: suspended ? 'Suspended' : 'Resumed', message: `Job ${word}` },
    startTime: suspended ? undefined : rfc3339(now),
  };
}
