/** What a deployment has to do next, from what is observed. Pure; the rules are those of kubernetes/pkg/controller/deployment. */
import { isEmptySelector } from '../../client/label-selector.ts';
import type { ReplicaSet } from '../../client/resources.ts';
import { same } from '../shared/same.ts';
import { condition, find, PROGRESSING, set, TIMED_OUT } from './conditions.ts';
import { adoptCurrent } from './current-set.ts';
import { allSets, type DeploymentStatus, type Draft, draftOfSet, type EventDraft, type Observed, type SetDraft } from './draft.ts';
import { isRolling, progressDeadline } from './limits.ts';
import { byAge, isOf, revisionOf } from './revision.ts';
import { recreateStep, rollStep } from './rollout.ts';
import { scale, wasScaled } from './scaling.ts';
import { isComplete, rolloutStatusOf, statusOf, untilDeadline } from './status.ts';

export interface Plan {
  create: ReplicaSet | undefined;
  update: ReplicaSet[];
  remove: ReplicaSet[];
  /** Undefined: it stands as it should. */
  status: DeploymentStatus | undefined;
  /** The deployment's, with its revision; undefined: they stand as they should. */
  annotations: Record<string, string> | undefined;
  events: EventDraft[];
  requeueAfter: number | undefined;
}

export function planDeployment(observed: Observed): Plan {
  const draft = draftOf(observed);
  const { deployment } = draft;
  if (isEmptySelector(deployment.spec?.selector ?? {})) return refuseToSelectAll(draft);
  if (deployment.metadata?.deletionTimestamp) return finish(draft, statusOf(draft));
  notePause(draft);
  adoptCurrent(draft);
  if (deployment.spec?.paused || wasScaled(draft)) {
    scale(draft);
    if (deployment.spec?.paused) cleanUp(draft);
    return finish(draft, statusOf(draft));
  }
  const moved = isRolling(deployment) ? rollStep(draft) : recreateStep(draft);
  if (!moved && isComplete(draft)) cleanUp(draft);
  return finish(draft, rolloutStatusOf(draft));
}

function draftOf(observed: Observed): Draft {
  const { deployment } = observed;
  const sets = [...observed.sets].sort(byAge);
  // The oldest that matches, so that of two sets of one template always the same is chosen.
  const current = sets.find((candidate) => isOf(candidate, deployment));
  return {
    deployment,
    observed,
    current: current && draftOfSet(current),
    old: sets.filter((candidate) => candidate !== current).map((old) => draftOfSet(old)),
    conditions: deployment.status?.conditions ?? [],
    annotations: { ...deployment.metadata?.annotations },
    events: [],
    remove: [],
  };
}

function refuseToSelectAll(draft: Draft): Plan {
  const { deployment } = draft;
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  draft.events.push({ type: 'Warning', reason: 'SelectingAll', message });
  return finish(draft, { ...deployment.status, observedGeneration: deployment.metadata?.generation ?? 0 });
}

/** A pause stops the clock of the progress deadline, and going on starts it anew. */
function notePause(draft: Draft): void {
  const { deployment, observed } = draft;
  if (progressDeadline(deployment) === undefined) return;
  const standing = find(draft.conditions, PROGRESSING);
  if (standing?.reason === TIMED_OUT) return;
  const noted = standing?.reason === 'DeploymentPaused';
  const paused = deployment.spec?.paused ?? false;
  if (paused === noted) return;
  const [reason, message] = paused ? ['DeploymentPaused', 'Deployment is paused'] : ['DeploymentResumed', 'Deployment is resumed'];
  draft.conditions = set(draft.conditions, condition(PROGRESSING, 'Unknown', reason as string, message as string, observed.now));
}

/** Old sets beyond the history limit go, unless something of them still stands. */
function cleanUp(draft: Draft): void {
  const limit = draft.deployment.spec?.revisionHistoryLimit;
  if (limit === undefined) return;
  const alive = draft.old.map(({ set }) => set).filter((set) => !set.metadata?.deletionTimestamp);
  const surplus = alive.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, alive.length - limit));
  draft.remove = surplus.filter((set) => {
    const behind = (set.metadata?.generation ?? 0) > (set.status?.observedGeneration ?? 0);
    return (set.status?.replicas ?? 0) === 0 && (set.spec?.replicas ?? 0) === 0 && !behind;
  });
}

function finish(draft: Draft, status: DeploymentStatus): Plan {
  const { deployment, current } = draft;
  const changed = allSets(draft).filter((set) => !set.create && hasChanged(set));
  return {
    create: current?.create ? objectOf(current) : undefined,
    update: changed.map(objectOf),
    remove: draft.remove,
    status: same(deployment.status, status) ? undefined : status,
    annotations: same(deployment.metadata?.annotations ?? {}, draft.annotations) ? undefined : draft.annotations,
    events: draft.events,
    requeueAfter: deployment.spec?.paused ? undefined : untilDeadline(draft, status),
  };
}

function hasChanged({ set, replicas, minReadySeconds, annotations }: SetDraft): boolean {
  const { spec, metadata } = set;
  if (replicas !== (spec?.replicas ?? 1) || minReadySeconds !== (spec?.minReadySeconds ?? 0)) return true;
  return !same(metadata?.annotations ?? {}, annotations);
}

function objectOf({ set, replicas, minReadySeconds, annotations }: SetDraft): ReplicaSet {
  const spec = { ...set.spec, replicas, ...(minReadySeconds > 0 && { minReadySeconds }) } as NonNullable<ReplicaSet['spec']>;
  if (minReadySeconds === 0) delete spec.minReadySeconds;
  return { ...set, metadata: { ...set.metadata, annotations }, spec };
}
