/** How long a job waits before it replaces a pod that failed: 10 s, doubled with each failure in a row, 10 min at most. Pure. */
import type { Pod } from '../../client/resources.ts';
import { failuresBefore } from './failures.ts';

const BASE_MS = 10_000;
const MAX_MS = 600_000;

/** Of a whole job, kept in memory. */
export interface Failures {
  inARow: number;
  /** When the last of them was; ms since 1970. */
  last: number;
}

export const NO_FAILURES: Failures = { inARow: 0, last: 0 };

/** `before` and what has come since; a success ends the row. */
export function failuresAfter(before: Failures, succeeded: Pod[], failed: Pod[], now: number): Failures {
  const lastSuccess = Math.max(0, ...succeeded.map((pod) => endTime(pod, now)));
  const times = failed.map((pod) => endTime(pod, now)).filter((time) => time > lastSuccess);
  const inARow = (succeeded.length > 0 ? 0 : before.inARow) + times.length;
  return inARow === 0 ? NO_FAILURES : { inARow, last: Math.max(succeeded.length > 0 ? 0 : before.last, ...times) };
}

/** Milliseconds until the next pod may be made. */
export function backoffLeft({ inARow, last }: Failures, now: number): number {
  if (inARow === 0) return 0;
  return Math.max(0, last + Math.min(MAX_MS, BASE_MS * 2 ** (inARow - 1)) - now);
}

/** The same for one index, whose last pod that failed is `replaced`. */
export const indexBackoffLeft = (replaced: Pod | undefined, now: number): number =>
  replaced ? backoffLeft({ inARow: failuresBefore(replaced) + 1, last: endTime(replaced, now) }, now) : 0;

/** When its last container ended, or it was deleted. */
export function endTime({ metadata, status }: Pod, now: number): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  const last = Math.max(...ends.filter(Number.isFinite));
  if (Number.isFinite(last)) return last;
  if (metadata?.deletionTimestamp) return Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return ready ? Date.parse(ready) : now;
}
