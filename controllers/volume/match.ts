/** Which volume a claim gets (kubernetes/component-helpers/storage/volume/pv_helpers.go and the controller's index). Pure. */
import { labelPredicate } from '../../client/label-selector.ts';
import type { PersistentVolumeClaim as Claim, PersistentVolume } from '../../client/resources.ts';
import { wholeValue } from '../../types/quantity.ts';
import { classNameOf, isVolumeOf, modeOf } from './names.ts';

const sizeAsked = (claim: Claim) => wholeValue(claim.spec?.resources?.requests?.storage ?? '0');
const sizeOf = (volume: PersistentVolume) => wholeValue(volume.spec?.capacity?.storage ?? '0');

function hasModes(volume: PersistentVolume, claim: Claim): boolean {
  return (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));
}

/** Why a claim can't have the volume that it names; undefined: it can. */
export function mismatchOf(volume: PersistentVolume, claim: Claim): string | undefined {
  if (sizeOf(volume) < sizeAsked(claim)) return 'requested PV is too small';
  if (classNameOf(volume) !== classNameOf(claim)) return 'storageClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  if (!hasModes(volume, claim)) return 'incompatible accessMode';
  return undefined;
}

/**
 * The volume that was reserved for the claim, else the smallest that will do of those with the fewest access modes.
 * `reservedOnly`: the scheduler chooses among the others, when there is a consumer.
 */
export function findVolume(claim: Claim, volumes: Iterable<PersistentVolume>, reservedOnly: boolean): PersistentVolume | undefined {
  const asked = sizeAsked(claim);
  const selects = labelPredicate(claim.spec?.selector);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    const reserved = volume.spec?.claimRef !== undefined;
    if (reserved ? !isVolumeOf(volume, claim) : reservedOnly || volume.status?.phase !== 'Available') continue;
    if (volume.metadata?.deletionTimestamp || sizeOf(volume) < asked || modeOf(volume) !== modeOf(claim) || !hasModes(volume, claim))
      continue;
    if (reserved) return volume;
    if (classNameOf(volume) !== classNameOf(claim) || (claim.spec?.selector && !selects(volume.metadata?.labels))) continue;
    if (!best || isCloser(volume, best)) best = volume;
  }
  return best;
}

function isCloser(volume: PersistentVolume, than: PersistentVolume): boolean {
  const more = (volume.spec?.accessModes?.length ?? 0) - (than.spec?.accessModes?.length ?? 0);
  return more < 0 || (more === 0 && sizeOf(volume) < sizeOf(than));
}
