/** What is to be done about a volume (kubernetes/pkg/controller/volume/persistentvolume, syncVolume). Pure. */

import { type PersistentVolumeClaim as Claim, type PersistentVolume, persistentVolumeClaims } from '../../client/resources.ts';
import { annotationOf, BOUND_BY_CONTROLLER, modeOf, PROVISIONED_BY } from './names.ts';
import type { Told } from './plan-claim.ts';

export type VolumePhase = 'Available' | 'Bound' | 'Released' | 'Failed';

export type VolumePlan =
  | { do: 'phase'; phase: VolumePhase }
  /** Its claim has gone: Released, then what the reclaim policy says. */
  | { do: 'release' }
  /** Its claim took another volume. */
  | { do: 'unbind' }
  /** The claim has to take it. */
  | { do: 'tellClaim' }
  | { do: 'refuse'; told: Told };

/** `claim`: the one that `claimRef` names, if it is there. */
export function planVolume(volume: PersistentVolume, claim: Claim | undefined): VolumePlan {
  const { claimRef, persistentVolumeReclaimPolicy: policy } = volume.spec ?? {};
  if (!claimRef?.uid) return { do: 'phase', phase: 'Available' };
  if (!claim || claim.metadata?.uid !== claimRef.uid) return { do: 'release' };
  const name = claim.spec?.volumeName;
  if (name === volume.metadata?.name) return { do: 'phase', phase: 'Bound' };
  if (name) return annotationOf(volume, PROVISIONED_BY) !== undefined && policy === 'Delete' ? { do: 'release' } : { do: 'unbind' };
  if (modeOf(volume) === modeOf(claim)) return { do: 'tellClaim' };
  const message = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata?.name}" due to incompatible volumeMode.`;
  return { do: 'refuse', told: { type: 'Warning', reason: 'VolumeMismatch', message } };
}

/** What the reclaim policy asks for when a volume is released. */
export type Reclaim = { do: 'nothing' } | { do: 'delete' } | { do: 'fail'; told: Told };

/** `ours`: the provisioner whose volumes can be deleted here; those of others are theirs to delete. */
export function planReclaim(volume: PersistentVolume, ours: string): Reclaim {
  const name = volume.metadata?.name;
  const policy = volume.spec?.persistentVolumeReclaimPolicy;
  if (policy === 'Recycle') return failed('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
  if (policy !== 'Delete') return { do: 'nothing' };
  const by = annotationOf(volume, PROVISIONED_BY);
  if (by === ours) return { do: 'delete' };
  if (by && !by.startsWith('kubernetes.io/')) return { do: 'nothing' };
  return failed('VolumeFailedDelete', `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`);
}

const failed = (reason: string, message: string): Reclaim => ({ do: 'fail', told: { type: 'Warning', reason, message } });

/** The volume with its reference to the claim complete. */
export function boundVolume(volume: PersistentVolume, claim: Claim): PersistentVolume {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = claim.metadata ?? {};
  const before = volume.spec?.claimRef;
  if (before?.uid === uid) return volume;
  const annotations = { ...volume.metadata?.annotations, ...(!before && { [BOUND_BY_CONTROLLER]: 'yes' }) };
  const claimRef = { apiVersion: 'v1', kind: persistentVolumeClaims.kind, name, namespace, uid, resourceVersion };
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } };
}

/** The volume free again; one that was reserved by hand stays so. */
export function unboundVolume(volume: PersistentVolume): PersistentVolume {
  const { [BOUND_BY_CONTROLLER]: byController, ...annotations } = volume.metadata?.annotations ?? {};
  const { claimRef, ...spec } = volume.spec ?? {};
  const { uid: _uid, resourceVersion: _version, ...reserved } = claimRef ?? {};
  const kept = byController === undefined && claimRef ? { claimRef: reserved } : {};
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...spec, ...kept } };
}
