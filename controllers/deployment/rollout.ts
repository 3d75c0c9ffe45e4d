/** One step of a rollout; the next comes when the replica sets report. */
import { ensureCurrent, initialReplicas } from './current-set.ts';
import { active, allSets, availableReplicas, type Draft, scaleTo, specReplicas, total, wantedReplicas } from './draft.ts';
import { maxUnavailable } from './limits.ts';

/** Up with the new set as far as the surge allows, else down with the old as far as availability allows. Returns whether it moved. */
export function rollStep(draft: Draft): boolean {
  ensureCurrent(draft);
  return growCurrent(draft) || shrinkOld(draft);
}

function growCurrent(draft: Draft): boolean {
  const { current, deployment } = draft;
  if (!current || current.create) return false;
  const wanted = wantedReplicas(deployment);
  if (current.replicas === wanted) return false;
  return scaleTo(draft, current, current.replicas > wanted ? wanted : initialReplicas(draft));
}

function shrinkOld(draft: Draft): boolean {
  const { current, deployment } = draft;
  const old = active(draft.old);
  if (old.length === 0 || !current) return false;
  const atLeast = wantedReplicas(deployment) - maxUnavailable(deployment);
  const currentUnavailable = current.replicas - availableReplicas(current);
  const removable = total(allSets(draft), specReplicas) - atLeast - currentUnavailable;
  if (removable <= 0) return false;
  const unhealthy = takeUnhealthy(draft, removable);
  const healthy = takeHealthy(draft, atLeast);
  return unhealthy + healthy > 0;
}

/** Pods of old sets that are not available go first: they help nobody. */
function takeUnhealthy(draft: Draft, removable: number): number {
  let taken = 0;
  for (const set of active(draft.old)) {
    const count = Math.min(removable - taken, set.replicas - availableReplicas(set));
    if (count <= 0) continue;
    scaleTo(draft, set, set.replicas - count);
    taken += count;
  }
  return taken;
}

function takeHealthy(draft: Draft, atLeast: number): number {
  const removable = total(allSets(draft), availableReplicas) - atLeast;
  let taken = 0;
  for (const set of active(draft.old)) {
    const count = Math.min(removable - taken, set.replicas);
    if (count <= 0) continue;
    scaleTo(draft, set, set.replicas - count);
    taken += count;
  }
  return taken;
}

/** Down with all old sets; up with the new one when the last old pod is gone. Returns whether it moved. */
export function recreateStep(draft: Draft): boolean {
  const old = active(draft.old);
  for (const set of old) scaleTo(draft, set, 0);
  if (old.length > 0) return true;
  if (draft.old.some(({ set }) => draft.observed.hasPods(set))) return true;
  ensureCurrent(draft);
  return draft.current ? scaleTo(draft, draft.current, wantedReplicas(draft.deployment)) : false;
}
