/** What a deployment says about itself: counts, availability, and how its rollout progresses. */
import type { Deployment } from '../../client/resources.ts';
import {
  AVAILABLE,
  condition,
  find,
  NEW_SET_AVAILABLE,
  PROGRESSING,
  REPLICA_FAILURE,
  replaced,
  set,
  TIMED_OUT,
  without,
} from './conditions.ts';
import {
  allSets,
  type Condition,
  type DeploymentStatus,
  type Draft,
  type SetDraft,
  saidAvailable,
  specReplicas,
  total,
  wantedReplicas,
} from './draft.ts';
import { maxUnavailable, progressDeadline } from './limits.ts';

interface Counts {
  replicas: number;
  updated: number;
  ready: number;
  available: number;
}

/** Counts and availability. */
export function statusOf(draft: Draft): DeploymentStatus {
  const { deployment, current, observed } = draft;
  const sets = allSets(draft);
  const counts = countsOf(draft);
  const status: DeploymentStatus = { observedGeneration: deployment.metadata?.generation ?? 0 };
  if (counts.replicas > 0) status.replicas = counts.replicas;
  if (current && counts.updated > 0) status.updatedReplicas = counts.updated;
  if (counts.ready > 0) status.readyReplicas = counts.ready;
  if (counts.available > 0) status.availableReplicas = counts.available;
  const unavailable = total(sets, specReplicas) - counts.available;
  if (unavailable > 0) status.unavailableReplicas = unavailable;
  status.terminatingReplicas = total(sets, ({ set }) => set.status?.terminatingReplicas ?? 0);
  if (deployment.status?.collisionCount !== undefined) status.collisionCount = deployment.status.collisionCount;
  const enough = counts.available >= wantedReplicas(deployment) - maxUnavailable(deployment);
  const made = enough
    ? condition(AVAILABLE, 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', observed.now)
    : condition(AVAILABLE, 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', observed.now);
  status.conditions = set(draft.conditions, made);
  return status;
}

/** `statusOf`, with how the rollout progresses. */
export function rolloutStatusOf(draft: Draft): DeploymentStatus {
  const { deployment } = draft;
  const status = statusOf(draft);
  let conditions = status.conditions ?? [];
  if (progressDeadline(deployment) === undefined) conditions = without(conditions, PROGRESSING);
  else conditions = withProgress(draft, conditions);
  const failure = failureOf(draft);
  status.conditions = failure ? set(conditions, failure) : without(conditions, REPLICA_FAILURE);
  return status;
}

function withProgress(draft: Draft, conditions: Condition[]): Condition[] {
  const { deployment, current, observed } = draft;
  const counts = countsOf(draft);
  const standing = find(draft.conditions, PROGRESSING);
  if (counts.replicas === counts.updated && standing?.reason === NEW_SET_AVAILABLE) return conditions;
  const subject = current ? `ReplicaSet "${current.set.metadata?.name}"` : `Deployment "${deployment.metadata?.name}"`;
  const say = (status: 'True' | 'False', reason: string, what: string) =>
    condition(PROGRESSING, status, reason, `${subject} ${what}`, observed.now);
  if (isComplete(draft)) return set(conditions, say('True', NEW_SET_AVAILABLE, 'has successfully progressed.'));
  if (hasProgressed(counts, deployment)) return replaced(conditions, say('True', 'ReplicaSetUpdated', 'is progressing.'));
  if (hasTimedOut(draft, find(conditions, PROGRESSING))) return set(conditions, say('False', TIMED_OUT, 'has timed out progressing.'));
  return conditions;
}

const actual = ({ set }: SetDraft) => set.status?.replicas ?? 0;

function countsOf(draft: Draft): Counts {
  const sets = allSets(draft);
  return {
    replicas: total(sets, actual),
    updated: draft.current ? actual(draft.current) : 0,
    ready: total(sets, ({ set }) => set.status?.readyReplicas ?? 0),
    available: total(sets, saidAvailable),
  };
}

/** All pods are of the present template, as many as wanted, and available. */
export function isComplete(draft: Draft): boolean {
  const wanted = wantedReplicas(draft.deployment);
  const { replicas, updated, available } = countsOf(draft);
  return updated === wanted && replicas === wanted && available === wanted;
}

function hasProgressed(now: Counts, { status }: Deployment): boolean {
  const updated = status?.updatedReplicas ?? 0;
  return (
    now.updated > updated ||
    now.replicas - now.updated < (status?.replicas ?? 0) - updated ||
    now.ready > (status?.readyReplicas ?? 0) ||
    now.available > (status?.availableReplicas ?? 0)
  );
}

function hasTimedOut({ deployment, observed }: Draft, progress: Condition | undefined): boolean {
  if (!progress || progress.reason === NEW_SET_AVAILABLE) return false;
  if (progress.reason === TIMED_OUT) return true;
  const deadline = progressDeadline(deployment) ?? Number.POSITIVE_INFINITY;
  return Date.parse(progress.lastUpdateTime as string) + deadline < observed.now;
}

/** The first set that could not make its pods, the current one before the others. */
function failureOf({ current, old }: Draft): Condition | undefined {
  for (const draft of current ? [current, ...old] : old) {
    const failure = draft.set.status?.conditions?.find((c) => c.type === REPLICA_FAILURE);
    if (failure) return { ...failure, lastUpdateTime: failure.lastTransitionTime } as Condition;
  }
  return undefined;
}

/** Milliseconds until the deployment has to be looked at again to see whether its progress timed out. */
export function untilDeadline(draft: Draft, status: DeploymentStatus): number | undefined {
  const deadline = progressDeadline(draft.deployment);
  const progress = find(status.conditions ?? [], PROGRESSING);
  if (deadline === undefined || !progress || progress.reason === TIMED_OUT || isComplete(draft)) return undefined;
  // One second more, since times have a resolution of a second.
  return Math.max(0, Date.parse(progress.lastUpdateTime as string) + deadline - draft.observed.now) + 1000;
}
