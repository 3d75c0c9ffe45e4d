/** The claims that a pod's volumes stand for, and what state they are in. */
import type { PodInfo } from '../../cache/pod-info.ts';
import type { Claim, Storage } from '../../cache/storage.ts';

type PodVolume = PodInfo['podClass']['volumes'][number];

/** The name of the claim behind a volume; that of an ephemeral one is made of the pod's name. */
export function claimName(pod: PodInfo, volume: PodVolume): string | undefined {
  if (volume.ephemeral) return `${pod.pod.metadata?.name}-${volume.name}`;
  return volume.persistentVolumeClaim?.claimName;
}

export const hasClaims = ({ podClass }: PodInfo) => podClass.volumes.some((volume) => volume.ephemeral || volume.persistentVolumeClaim);

export interface PodClaims {
  /** Bound to a volume for good. */
  readonly bound: readonly Claim[];
  /** Wait for a pod that says where. */
  readonly waiting: readonly Claim[];
  /** Wait for a volume, wherever it is. */
  readonly immediate: readonly Claim[];
}

export const keyOfClaim = (claim: Claim) => `${claim.metadata?.namespace}/${claim.metadata?.name}`;

export function isBound(claim: Claim): boolean {
  return Boolean(claim.spec?.volumeName) && claim.metadata?.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;
}

/** An older way of naming the class wins, as it does in Kubernetes. */
export function className(claim: Claim): string {
  return claim.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName ?? '';
}

/** Why the pod can't have this claim now, in kube-scheduler's words. */
function trouble(pod: PodInfo, volume: PodVolume, name: string, claim: Claim | undefined): string | undefined {
  if (!claim && volume.ephemeral) return `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`;
  if (!claim) return `persistentvolumeclaim "${name}" not found`;
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName}"`;
  if (claim.metadata?.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
  const madeForPod = claim.metadata?.ownerReferences?.some((owner) => owner.controller && owner.uid === pod.uid);
  if (volume.ephemeral && !madeForPod) {
    return `PVC ${keyOfClaim(claim)} was not created for pod ${pod.key} (pod is not owner)`;
  }
  return undefined;
}

/** The pod's claims by state, or why it can't be scheduled at all. */
export function claimsOf(pod: PodInfo, storage: Storage): PodClaims | { trouble: string } {
  const claims = { bound: [] as Claim[], waiting: [] as Claim[], immediate: [] as Claim[] };
  for (const volume of pod.podClass.volumes) {
    const name = claimName(pod, volume);
    if (name === undefined) continue;
    const claim = storage.claims.get(`${pod.podClass.namespace}/${name}`);
    const reason = trouble(pod, volume, name, claim);
    if (!claim || reason) return { trouble: reason ?? '' };
    const delayed = storage.classes.get(className(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
    if (isBound(claim)) claims.bound.push(claim);
    else if (delayed && !claim.spec?.volumeName) claims.waiting.push(claim);
    else claims.immediate.push(claim);
  }
  return claims;
}
