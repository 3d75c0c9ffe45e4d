/** What claims and volumes are marked with, and small facts about them (kubernetes/component-helpers/storage/volume). */
import { keyOf } from '../../client/informer.ts';
import type { PersistentVolumeClaim as Claim, PersistentVolume } from '../../client/resources.ts';
import type { KubeObject } from '../../types/wire.ts';

/** On a claim: it has once been bound to the volume it names, for good. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** On a claim or volume: the controller wrote the reference to the other, and may take it back. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** On a volume: the provisioner that made it. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** On a claim: who is asked to make a volume; the older name is written too. */
export const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const OLD_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';
/** On a claim: the node of its first consumer, written by the scheduler. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** On a claim or volume: an older way to name the class, which wins. */
const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class';

export const annotationOf = (object: KubeObject, name: string): string | undefined => object.metadata?.annotations?.[name];

export function classNameOf(object: Claim | PersistentVolume): string {
  return annotationOf(object, OLD_CLASS) ?? object.spec?.storageClassName ?? '';
}

export const modeOf = (object: Claim | PersistentVolume): string => object.spec?.volumeMode ?? 'Filesystem';

/** `namespace/name` of the claim that the volume is reserved for or bound to. */
export function claimKeyOf({ spec }: PersistentVolume): string | undefined {
  return spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : undefined;
}

/** Whether the volume says it is the claim's; one that was reserved by hand may not know the claim's uid. */
export function isVolumeOf(volume: PersistentVolume, claim: Claim): boolean {
  const uid = volume.spec?.claimRef?.uid;
  return claimKeyOf(volume) === keyOf(claim) && (!uid || uid === claim.metadata?.uid);
}
