/** Scaling a deployment, outside of a rollout or in the middle of one. */
import { active, allSets, availableReplicas, type Draft, type SetDraft, scaleTo, specReplicas, total, wantedReplicas } from './draft.ts';
import { isRolling, maxSurge } from './limits.ts';
import { byAge, DESIRED, MAX } from './revision.ts';

/** The deployment has another size than when its sets were last scaled. */
export function wasScaled(draft: Draft): boolean {
  const wanted = String(wantedReplicas(draft.deployment));
  return active(allSets(draft)).some(({ annotations }) => annotations[DESIRED] !== undefined && annotations[DESIRED] !== wanted);
}

export function scale(draft: Draft): void {
  const { deployment, current } = draft;
  const wanted = wantedReplicas(deployment);
  const only = activeOrLatest(draft);
  if (only) {
    if (only.replicas !== wanted) scaleTo(draft, only, wanted);
  } else if (current && isSaturated(current, wanted)) {
    for (const old of active(draft.old)) scaleTo(draft, old, 0);
  } else if (isRolling(deployment)) scaleInProportion(draft);
}

/** The one set that has pods; if none has, the current one, else the newest. Undefined when several have. */
function activeOrLatest(draft: Draft): SetDraft | undefined {
  const alive = active(allSets(draft));
  if (alive.length > 1) return undefined;
  return alive[0] ?? draft.current ?? draft.old.at(-1);
}

function isSaturated(current: SetDraft, wanted: number): boolean {
  return current.replicas === wanted && current.annotations[DESIRED] === String(wanted) && availableReplicas(current) === wanted;
}

/** Shares what is added or taken among the sets by their sizes, so that a rollout that is stuck does not grow by its bad part. */
function scaleInProportion(draft: Draft): void {
  const { deployment } = draft;
  const wanted = wantedReplicas(deployment);
  const sets = active(allSets(draft));
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const change = allowed - total(sets, specReplicas);
  sets.sort(change > 0 ? largerNewerFirst : largerOlderFirst);
  let shared = 0;
  const sizes = sets.map((set) => {
    const share = shareOf(draft, set, change, shared);
    shared += share;
    return set.replicas + share;
  });
  sets.forEach((set, i) => {
    // What rounding left over goes to the first.
    const size = (sizes[i] ?? 0) + (i === 0 ? change - shared : 0);
    scaleTo(draft, set, Math.max(0, size));
  });
}

function shareOf({ deployment }: Draft, set: SetDraft, change: number, shared: number): number {
  if (change === 0 || change === shared) return 0;
  const left = change - shared;
  const fraction = fractionOf(set, wantedReplicas(deployment), maxSurge(deployment), deployment.status?.replicas ?? 0);
  return change > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

function fractionOf(set: SetDraft, wanted: number, surge: number, actual: number): number {
  if (wanted === 0) return -set.replicas;
  const before = Number(set.annotations[MAX] ?? 0) || actual;
  if (before === 0) return 0;
  return Math.round((set.replicas * (wanted + surge)) / before) - set.replicas;
}

const largerOlderFirst = (a: SetDraft, b: SetDraft) => b.replicas - a.replicas || byAge(a.set, b.set);
const largerNewerFirst = (a: SetDraft, b: SetDraft) => b.replicas - a.replicas || byAge(b.set, a.set);
