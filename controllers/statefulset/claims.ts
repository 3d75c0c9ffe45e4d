/** The volume claims of a stateful set's pods: made once, kept or deleted with their pod or set as the retention policy says. Pure. */
import type { PersistentVolumeClaim as Claim, Pod } from '../../client/resources.ts';
import type { OwnerReference } from '../../types/wire.ts';
import { same } from '../shared/same.ts';
import { claimName, claimTemplates, inRange, ordinalOf, type StatefulSet, setReference } from './identity.ts';

export type FindClaim = (name: string) => Claim | undefined;

const names = (set: StatefulSet, pod: Pod): string[] => {
  const ordinal = ordinalOf(set, pod) ?? 0;
  return claimTemplates(set).map((template) => claimName(set, template, ordinal));
};

function standing(set: StatefulSet, pod: Pod, find: FindClaim): Claim[] {
  return names(set, pod)
    .map(find)
    .filter((claim) => claim !== undefined);
}

/** Claims that the pod needs and that are not there. */
export function missingClaims(set: StatefulSet, pod: Pod, find: FindClaim): Claim[] {
  const ordinal = ordinalOf(set, pod) ?? 0;
  const owners = ownersWanted(set, pod);
  return claimTemplates(set)
    .filter((template) => !find(claimName(set, template, ordinal)))
    .map((template) => ({
      ...template,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...template.metadata,
        name: claimName(set, template, ordinal),
        namespace: set.metadata?.namespace ?? '',
        labels: { ...template.metadata?.labels, ...set.spec?.selector?.matchLabels },
        // A pod that is still to be made can't own anything.
        ...(owners[0]?.kind === 'StatefulSet' && { ownerReferences: owners }),
      },
    }));
}

export const claimsGoing = (set: StatefulSet, pod: Pod, find: FindClaim): Claim[] =>
  standing(set, pod, find).filter((claim) => claim.metadata?.deletionTimestamp);

/** A claim that goes with a pod of this name that is gone: a new pod waits until the garbage collector has taken it. */
export function hasStaleClaim(set: StatefulSet, pod: Pod, find: FindClaim): boolean {
  if (set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false;
  return standing(set, pod, find).some((claim) => isStale(claim, 'Pod', pod));
}

const isStale = (claim: Claim, kind: string, owner: Pod | StatefulSet) =>
  (claim.metadata?.ownerReferences ?? []).some(
    (reference) => reference.kind === kind && reference.name === owner.metadata?.name && reference.uid !== owner.metadata?.uid,
  );

/** The pod's claims whose owners are not those that the retention policy wants, as they should be. */
export function claimsToRetain(set: StatefulSet, pod: Pod, find: FindClaim): Claim[] {
  const wanted = ownersWanted(set, pod);
  const changed: Claim[] = [];
  for (const claim of standing(set, pod, find)) {
    // It belongs to a set or pod that is gone, and is about to go as well.
    if (isStale(claim, 'StatefulSet', set) || isStale(claim, 'Pod', pod)) continue;
    const before = claim.metadata?.ownerReferences ?? [];
    const others = before.filter(({ uid }) => uid !== set.metadata?.uid && uid !== pod.metadata?.uid);
    // What another controller owns is not ours to delete.
    const after = others.some(({ controller }) => controller) ? others : [...others, ...wanted];
    if (!same(before, after)) changed.push({ ...claim, metadata: { ...claim.metadata, ownerReferences: after } });
  }
  return changed;
}

function ownersWanted(set: StatefulSet, pod: Pod): OwnerReference[] {
  const { whenScaled, whenDeleted } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && !inRange(set, pod)) return [podReference(pod)];
  return whenDeleted === 'Delete' ? [setReference(set)] : [];
}

function podReference({ metadata }: Pod): OwnerReference {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
