/** What a replica set has to do, and what it says about itself. Pure. */
import type { Pod, ReplicaSet } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { availableIn, isReady } from '../shared/pods.ts';
import { goFirst } from './goes-first.ts';

/** Pods that one run creates or deletes, at most. */
const BURST = 500;

export type Replicas = { create: number; remove: Pod[] };
export type ReplicaSetStatus = NonNullable<ReplicaSet['status']>;
type Condition = NonNullable<ReplicaSetStatus['conditions']>[number];

export interface Observed {
  set: ReplicaSet;
  /** Its pods that are neither finished nor terminating. */
  active: Pod[];
  /** Its pods that are being deleted and have not finished; undefined: not counted for this kind. */
  terminating: number | undefined;
  now: number;
}

/** `family`: see `goFirst`; asked for only when pods have to go. */
export function planReplicas({ set, active, now }: Observed, family: () => Iterable<Pod>): Replicas {
  const missing = (set.spec?.replicas ?? 1) - active.length;
  if (missing >= 0) return { create: Math.min(missing, BURST), remove: [] };
  return { create: 0, remove: goFirst(active, Math.min(-missing, BURST), family(), now) };
}

/** A failure to create or delete pods in this run, if there was one. */
export interface Failure {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
}

export function planStatus({ set, active, terminating, now }: Observed, failure: Failure | undefined): ReplicaSetStatus {
  const wanted = Object.entries(set.spec?.template?.metadata?.labels ?? {});
  const minReady = set.spec?.minReadySeconds ?? 0;
  let labelled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of active) {
    if (wanted.every(([key, value]) => pod.metadata?.labels?.[key] === value)) labelled++;
    if (isReady(pod)) ready++;
    if (availableIn(pod, minReady, now) === 0) available++;
  }
  const status: ReplicaSetStatus = { replicas: active.length };
  if (labelled > 0) status.fullyLabeledReplicas = labelled;
  if (ready > 0) status.readyReplicas = ready;
  if (available > 0) status.availableReplicas = available;
  if (terminating !== undefined) status.terminatingReplicas = terminating;
  status.observedGeneration = set.metadata?.generation ?? 0;
  const conditions = conditionsAfter(set.status?.conditions ?? [], failure, now);
  if (conditions.length > 0) status.conditions = conditions;
  return status;
}

function conditionsAfter(before: Condition[], failure: Failure | undefined, now: number): Condition[] {
  const others = before.filter((condition) => condition.type !== 'ReplicaFailure');
  if (!failure) return others;
  const standing = before.find((condition) => condition.type === 'ReplicaFailure');
  if (standing?.reason === failure.reason) return before;
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: rfc3339(now), ...failure }];
}

/** Milliseconds until the next pod that is ready becomes available; undefined: none will by time alone. */
export function nextAvailable({ set, active, now }: Observed): number | undefined {
  const minReady = set.spec?.minReadySeconds ?? 0;
  if (minReady === 0) return undefined;
  let next: number | undefined;
  for (const pod of active) {
    const wait = availableIn(pod, minReady, now);
    if (wait && (next === undefined || wait < next)) next = wait;
  }
  return next;
}
