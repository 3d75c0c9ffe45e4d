/** Which volumes the claims of a pod would get on a node: those that are there, or new ones that a provisioner makes for the node. */
import { wholeValue } from '../../../types/quantity.ts';
import type { NodeInfo } from '../../cache/nodes.ts';
import { compileNodeTerms, compileSelector } from '../../cache/selector.ts';
import type { Claim, Storage, StorageClass, Volume } from '../../cache/storage.ts';
import { className, keyOfClaim, type PodClaims } from './claims.ts';

export interface VolumePlan {
  readonly bindings: readonly { claim: Claim; volume: Volume }[];
  readonly provisions: readonly Claim[];
}

/** What stands in the way on a node, in the order in which kube-scheduler names it. */
export interface Obstacles {
  conflict: boolean;
  nothingToBind: boolean;
  noSpace: boolean;
  volumeGone: boolean;
}

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

const sizeOf = (claim: Claim) => wholeValue(claim.spec?.resources?.requests?.storage ?? '0');

/** Whether a volume can be reached from the node. */
export function reaches(volume: Volume, node: NodeInfo): boolean {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || compileNodeTerms(terms)(node.labels, node.name);
}

const claimKeyOf = ({ spec }: Volume) => (spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : undefined);

function isFor(volume: Volume, claim: Claim): boolean {
  const uid = volume.spec?.claimRef?.uid;
  return claimKeyOf(volume) === keyOfClaim(claim) && (!uid || uid === claim.metadata?.uid);
}

/** A volume that nobody has and that is as the claim asks. */
function suits(volume: Volume, claim: Claim): boolean {
  const { spec } = volume;
  if (volume.status?.phase !== 'Available') return false;
  if (claim.spec?.selector && !compileSelector(claim.spec.selector).matches(volume.metadata?.labels ?? {})) return false;
  return (claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode));
}

/** The smallest volume that will do; one that was set aside for the claim before any other. */
function findVolume(claim: Claim, node: NodeInfo, storage: Storage, taken: ReadonlySet<Volume>): Volume | undefined {
  const wanted = sizeOf(claim);
  let best: Volume | undefined;
  let bestSize = 0;
  for (const volume of storage.volumes.values()) {
    const holder = storage.assumedVolumes.get(volume.metadata?.name ?? '');
    if (taken.has(volume) || (volume.spec?.storageClassName ?? '') !== className(claim)) continue;
    if (volume.metadata?.deletionTimestamp || (holder !== undefined && holder !== keyOfClaim(claim))) continue;
    if (volume.spec?.claimRef && !isFor(volume, claim)) continue;
    const size = wholeValue(volume.spec?.capacity?.storage ?? '0');
    if (size < wanted || (volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) continue;
    if (volume.spec?.claimRef) return reaches(volume, node) ? volume : undefined;
    if (!suits(volume, claim) || !reaches(volume, node)) continue;
    if (!best || size < bestSize) {
      best = volume;
      bestSize = size;
    }
  }
  return best;
}

function allows(storageClass: StorageClass, node: NodeInfo): boolean {
  const terms = storageClass.allowedTopologies ?? [];
  if (terms.length === 0) return true;
  return terms.some((term) => (term.matchLabelExpressions ?? []).every(({ key, values }) => values.includes(node.labels[key] ?? '')));
}

/** Whether a driver that reports its capacity has enough of it at the node. */
function hasSpace(claim: Claim, storageClass: StorageClass, node: NodeInfo, storage: Storage): boolean {
  if (!storage.csiDrivers.get(storageClass.provisioner)?.spec?.storageCapacity) return true;
  const wanted = sizeOf(claim);
  for (const capacity of storage.capacities.values()) {
    if (capacity.storageClassName !== storageClass.metadata?.name || !capacity.nodeTopology) continue;
    const most = capacity.maximumVolumeSize ?? capacity.capacity;
    if (most === undefined || wholeValue(most) < wanted) continue;
    if (compileSelector(capacity.nodeTopology).matches(node.labels)) return true;
  }
  return false;
}

/** A new volume for the claim: `true`, or what stands in the way. */
function provisionable(claim: Claim, node: NodeInfo, storage: Storage): true | 'nothingToBind' | 'noSpace' {
  const storageClass = storage.classes.get(className(claim));
  if (!storageClass?.provisioner || storageClass.provisioner === NO_PROVISIONER) return 'nothingToBind';
  if (!allows(storageClass, node)) return 'nothingToBind';
  return hasSpace(claim, storageClass, node, storage) ? true : 'noSpace';
}

export function planVolumes(claims: PodClaims, node: NodeInfo, storage: Storage): VolumePlan | { obstacles: Obstacles } {
  const obstacles: Obstacles = { conflict: false, nothingToBind: false, noSpace: false, volumeGone: false };
  for (const claim of claims.bound) {
    const volume = storage.volumes.get(claim.spec?.volumeName ?? '');
    if (!volume) obstacles.volumeGone = true;
    else if (!reaches(volume, node)) obstacles.conflict = true;
  }
  const bindings: { claim: Claim; volume: Volume }[] = [];
  const provisions: Claim[] = [];
  const taken = new Set<Volume>();
  // The smallest first, so that a large volume is left for a large claim.
  for (const claim of [...claims.waiting].sort((a, b) => sizeOf(a) - sizeOf(b))) {
    const selected = storage.assumedNodes.get(keyOfClaim(claim)) ?? claim.metadata?.annotations?.[SELECTED_NODE];
    if (selected !== undefined && selected !== node.name) obstacles.nothingToBind = true;
    const volume = selected === undefined ? findVolume(claim, node, storage, taken) : undefined;
    if (volume) {
      taken.add(volume);
      bindings.push({ claim, volume });
      continue;
    }
    const possible = provisionable(claim, node, storage);
    if (possible === true) provisions.push(claim);
    else obstacles[possible] = true;
  }
  return Object.values(obstacles).some(Boolean) ? { obstacles } : { bindings, provisions };
}
