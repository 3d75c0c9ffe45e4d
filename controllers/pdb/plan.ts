/** How many pods of a budget may be evicted now (kubernetes/pkg/controller/disruption). Pure. */
import type { Pod, PodDisruptionBudget } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { isReady, isTerminating } from '../shared/pods.ts';

export type BudgetStatus = NonNullable<PodDisruptionBudget['status']>;
type Condition = NonNullable<BudgetStatus['conditions']>[number];

/** An eviction that has not led to a deletion after this long will not. */
const DELETION_TIMEOUT_MS = 120_000;

/** What the budget counts in. */
export interface Expectation {
  /** Pods that there should be. */
  pods: number;
  desiredHealthy: number;
}

/** How many pods the controllers of a budget's pods want together is asked for only where the budget counts in it. */
export const needsScale = ({ spec }: PodDisruptionBudget): boolean =>
  spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string';

/** `scale`: see `needsScale`. */
export function expect({ spec }: PodDisruptionBudget, pods: Pod[], scale: number): Expectation {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (maxUnavailable !== undefined) return { pods: scale, desiredHealthy: Math.max(0, scale - share(maxUnavailable, scale)) };
  if (typeof minAvailable === 'string') return { pods: scale, desiredHealthy: share(minAvailable, scale) };
  return { pods: pods.length, desiredHealthy: minAvailable ?? 0 };
}

/** A percentage is rounded up. */
const share = (value: number | string, of: number) =>
  typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * of) / 100) : value;

export interface Evicted {
  /** Pods that the API let be evicted and that are not yet being deleted, by name with the time. */
  pending: Record<string, string>;
  /** Evicted, and yet still there. */
  overdue: Pod[];
  /** Milliseconds until the next of them is overdue. */
  recheck: number | undefined;
}

export function evictedOf(budget: PodDisruptionBudget, pods: Pod[], now: number): Evicted {
  const evicted: Evicted = { pending: {}, overdue: [], recheck: undefined };
  for (const pod of pods) {
    const name = pod.metadata?.name ?? '';
    const time = budget.status?.disruptedPods?.[name];
    if (!time || isTerminating(pod)) continue;
    const left = Date.parse(time) + DELETION_TIMEOUT_MS - now;
    if (left < 0) evicted.overdue.push(pod);
    else {
      evicted.pending[name] = time;
      evicted.recheck = Math.min(left, evicted.recheck ?? left);
    }
  }
  return evicted;
}

export function planStatus(budget: PodDisruptionBudget, pods: Pod[], expected: Expectation, evicted: Evicted, now: number): BudgetStatus {
  const healthy = pods.filter((pod) => isReady(pod) && !isTerminating(pod) && !((pod.metadata?.name ?? '') in evicted.pending));
  const room = expected.pods > 0 ? Math.max(0, healthy.length - expected.desiredHealthy) : 0;
  return {
    observedGeneration: budget.metadata?.generation ?? 0,
    ...(Object.keys(evicted.pending).length > 0 && { disruptedPods: evicted.pending }),
    disruptionsAllowed: room,
    currentHealthy: healthy.length,
    desiredHealthy: expected.desiredHealthy,
    expectedPods: expected.pods,
    conditions: withCondition(budget, room > 0, room > 0 ? 'SufficientPods' : 'InsufficientPods', '', now),
  };
}

/** When nothing can be known nothing may be evicted. */
export function failedStatus(budget: PodDisruptionBudget, message: string, now: number): BudgetStatus {
  const before: Partial<BudgetStatus> = budget.status ?? {};
  return {
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    ...before,
    observedGeneration: budget.metadata?.generation ?? 0,
    disruptionsAllowed: 0,
    conditions: withCondition(budget, false, 'SyncFailed', message, now),
  };
}

function withCondition(
  { metadata, status }: PodDisruptionBudget,
  allowed: boolean,
  reason: string,
  message: string,
  now: number,
): Condition[] {
  const conditions = status?.conditions ?? [];
  const before = conditions.find(({ type }) => type === 'DisruptionAllowed');
  const is = allowed ? 'True' : 'False';
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: is,
    observedGeneration: metadata?.generation ?? 0,
    lastTransitionTime: before?.status === is ? before.lastTransitionTime : rfc3339(now),
    reason,
    message,
  };
  return [...conditions.filter((one) => one !== before), condition];
}
