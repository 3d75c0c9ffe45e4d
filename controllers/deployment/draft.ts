/** A deployment and its replica sets while a plan is being made: the plan's steps change the draft, never what was observed. */
import type { Deployment, ReplicaSet } from '../../client/resources.ts';
import { maxSurge } from './limits.ts';
import { DESIRED, MAX } from './revision.ts';

export type DeploymentStatus = NonNullable<Deployment['status']>;
export type Condition = NonNullable<DeploymentStatus['conditions']>[number];

/** What a plan is made from. */
export interface Observed {
  deployment: Deployment;
  /** Its replica sets, all revisions. */
  sets: ReplicaSet[];
  /** Whether the set has pods that have not finished; asked for Recreate only. */
  hasPods(set: ReplicaSet): boolean;
  now: number;
}

export interface EventDraft {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

export interface SetDraft {
  readonly set: ReplicaSet;
  /** It does not exist yet. */
  readonly create: boolean;
  replicas: number;
  minReadySeconds: number;
  annotations: Record<string, string>;
}

export interface Draft {
  readonly deployment: Deployment;
  readonly observed: Observed;
  /** The set of the present template. */
  current: SetDraft | undefined;
  /** All others, the oldest first. */
  old: SetDraft[];
  conditions: Condition[];
  annotations: Record<string, string>;
  events: EventDraft[];
  remove: ReplicaSet[];
}

export const wantedReplicas = (deployment: Deployment): number => deployment.spec?.replicas ?? 1;

export const allSets = (draft: Draft): SetDraft[] => (draft.current ? [...draft.old, draft.current] : draft.old);

export const active = (sets: SetDraft[]): SetDraft[] => sets.filter((draft) => draft.replicas > 0);

export const total = (sets: SetDraft[], count: (draft: SetDraft) => number): number => sets.reduce((sum, draft) => sum + count(draft), 0);

export const specReplicas = (draft: SetDraft): number => draft.replicas;

/** As the set says, but never more than it is asked for: a set that was just scaled down has not said so yet, and those pods are as good as gone. */
export const availableReplicas = (draft: SetDraft): number => Math.min(draft.set.status?.availableReplicas ?? 0, draft.replicas);

/** As the set says. */
export const saidAvailable = (draft: SetDraft): number => draft.set.status?.availableReplicas ?? 0;

export function draftOfSet(set: ReplicaSet, create = false): SetDraft {
  const annotations = { ...set.metadata?.annotations };
  return { set, create, replicas: set.spec?.replicas ?? 1, minReadySeconds: set.spec?.minReadySeconds ?? 0, annotations };
}

/** Scales a set and notes on it the size that the deployment had then, which tells later whether the deployment was scaled. */
export function scaleTo(draft: Draft, set: SetDraft, replicas: number): boolean {
  noteSize(draft.deployment, set);
  if (set.replicas === replicas) return false;
  const direction = replicas > set.replicas ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${set.set.metadata?.name} from ${set.replicas} to ${replicas}`;
  draft.events.push({ type: 'Normal', reason: 'ScalingReplicaSet', message });
  set.replicas = replicas;
  return true;
}

export function noteSize(deployment: Deployment, set: SetDraft): void {
  set.annotations[DESIRED] = String(wantedReplicas(deployment));
  set.annotations[MAX] = String(wantedReplicas(deployment) + maxSurge(deployment));
}
