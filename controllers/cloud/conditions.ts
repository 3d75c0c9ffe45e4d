/** Conditions of the cloud's kinds. */
import type { Condition } from '../../client/cloud.ts';
import { rfc3339 } from '../../types/part/clock.ts';

export type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** The list with one condition set; lastTransitionTime moves only with its status. The same list when nothing changed. */
export function withCondition(conditions: Condition[], verdict: Verdict, now: number): Condition[] {
  const before = conditions.find((c) => c.type === verdict.type);
  if (before?.status === verdict.status && before.reason === verdict.reason && before.message === verdict.message) return conditions;
  const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : rfc3339(now);
  const condition: Condition = { ...verdict, lastTransitionTime };
  return before ? conditions.map((c) => (c === before ? condition : c)) : [...conditions, condition];
}
