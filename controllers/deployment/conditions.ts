/** Conditions of a deployment, which tell a change of state from a mere update. */
import { rfc3339 } from '../../types/part/clock.ts';
import type { Condition } from './draft.ts';

export const PROGRESSING = 'Progressing';
export const AVAILABLE = 'Available';
export const REPLICA_FAILURE = 'ReplicaFailure';

/** Reasons of Progressing. */
export const NEW_SET_AVAILABLE = 'NewReplicaSetAvailable';
export const TIMED_OUT = 'ProgressDeadlineExceeded';

export const find = (conditions: Condition[], type: string): Condition | undefined => conditions.find((c) => c.type === type);

export const without = (conditions: Condition[], type: string): Condition[] => conditions.filter((c) => c.type !== type);

export function condition(type: string, status: 'True' | 'False' | 'Unknown', reason: string, message: string, now: number): Condition {
  const time = rfc3339(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** A condition that stands with the same status and reason is left as it is; the same status keeps its transition time. */
export function set(conditions: Condition[], made: Condition): Condition[] {
  const standing = find(conditions, made.type);
  if (standing?.status === made.status && standing.reason === made.reason) return conditions;
  return replaced(conditions, made);
}

/** As `set`, but renews the update time even when nothing else changed: it is what the progress deadline counts from. */
export function replaced(conditions: Condition[], made: Condition): Condition[] {
  const standing = find(conditions, made.type);
  const kept = standing?.status === made.status ? { lastTransitionTime: standing.lastTransitionTime as string } : {};
  return [...without(conditions, made.type), { ...made, ...kept }];
}
