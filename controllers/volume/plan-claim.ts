/** What is to be done about a claim (kubernetes/pkg/controller/volume/persistentvolume, syncClaim). Pure. */
import type { PersistentVolumeClaim as Claim, PersistentVolume, Pod, StorageClass } from '../../client/resources.ts';
import { findVolume, mismatchOf } from './match.ts';
import { annotationOf, BIND_COMPLETED, BOUND_BY_CONTROLLER, classNameOf, isVolumeOf, SELECTED_NODE } from './names.ts';

/** An event to record. */
export interface Told {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

export interface ClaimView {
  volume(name: string): PersistentVolume | undefined;
  volumes(): Iterable<PersistentVolume>;
  storageClass(name: string): StorageClass | undefined;
  /** Names of pods that use the claim and are on no node yet. */
  waitingPods(): string[];
}

export type ClaimPlan =
  | { do: 'bind'; volume: PersistentVolume }
  /** It stays, or becomes, Pending. */
  | { do: 'wait'; told?: Told }
  /** Ask the class's provisioner for a volume; it stays Pending until there is one. */
  | { do: 'provision'; storageClass: StorageClass }
  | { do: 'lose'; told: Told };

export function planClaim(claim: Claim, view: ClaimView): ClaimPlan {
  if (annotationOf(claim, BIND_COMPLETED) !== undefined) return planBound(claim, view);
  return claim.spec?.volumeName ? planNamed(claim, claim.spec.volumeName, view) : planUnbound(claim, view);
}

const lost = (reason: string, message: string): ClaimPlan => ({ do: 'lose', told: { type: 'Warning', reason, message } });

function planBound(claim: Claim, view: ClaimView): ClaimPlan {
  const name = claim.spec?.volumeName;
  if (!name) return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = view.volume(name);
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  const { claimRef } = volume.spec ?? {};
  if (!claimRef || claimRef.uid === claim.metadata?.uid) return { do: 'bind', volume };
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

/** Its author asked for this very volume. */
function planNamed(claim: Claim, name: string, view: ClaimView): ClaimPlan {
  const volume = view.volume(name);
  if (!volume) return { do: 'wait' };
  if (volume.spec?.claimRef) {
    if (isVolumeOf(volume, claim)) return { do: 'bind', volume };
    return waiting('Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
  }
  const mismatch = mismatchOf(volume, claim);
  if (mismatch) return waiting('Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${mismatch}`);
  return { do: 'bind', volume };
}

const waiting = (type: Told['type'], reason: string, message: string): ClaimPlan => ({ do: 'wait', told: { type, reason, message } });

function planUnbound(claim: Claim, view: ClaimView): ClaimPlan {
  const className = classNameOf(claim);
  const storageClass = className ? view.storageClass(className) : undefined;
  const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !annotationOf(claim, SELECTED_NODE);
  const volume = findVolume(claim, view.volumes(), delayed);
  if (volume) return { do: 'bind', volume };
  if (delayed) return waitingForConsumer(view.waitingPods());
  if (!className) return waiting('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  if (!storageClass) return waiting('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`);
  const { provisioner } = storageClass;
  // Those that were part of Kubernetes; none is left.
  if (provisioner.startsWith('kubernetes.io/'))
    return waiting('Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`);
  return { do: 'provision', storageClass };
}

function waitingForConsumer(pods: string[]): ClaimPlan {
  if (pods.length === 0) return waiting('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  const message = `waiting for ${pods.length > 1 ? 'pods' : 'pod'} ${pods.join(',')} to be scheduled`;
  return waiting('Normal', 'WaitForPodScheduled', message);
}

/** The names of the claims that a pod uses while it is on no node yet. */
export function claimsAwaitedBy({ metadata, spec }: Pod): string[] {
  if (spec?.nodeName) return [];
  return (spec?.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
    return volume.ephemeral ? `${metadata?.name}-${volume.name}` : [];
  });
}

/** The claim as it is when it has the volume, its status apart. */
export function boundClaim(claim: Claim, volume: PersistentVolume): Claim {
  const name = volume.metadata?.name ?? '';
  const chosen = claim.spec?.volumeName !== name;
  if (!chosen && annotationOf(claim, BIND_COMPLETED) !== undefined) return claim;
  const annotations = { ...claim.metadata?.annotations, ...(chosen && { [BOUND_BY_CONTROLLER]: 'yes' }), [BIND_COMPLETED]: 'yes' };
  return { ...claim, metadata: { ...claim.metadata, annotations }, spec: { ...claim.spec, volumeName: name } } as Claim;
}

/** The status of a claim with its volume, or without one. */
export function claimStatus(claim: Claim, phase: 'Pending' | 'Bound' | 'Lost', volume?: PersistentVolume): NonNullable<Claim['status']> {
  const { accessModes: _modes, capacity: held, ...rest } = claim.status ?? {};
  if (!volume) return { ...rest, phase };
  // An expansion that was carried out is the claim's to know.
  const capacity = claim.status?.phase === 'Bound' && held ? held : volume.spec?.capacity;
  return { ...rest, phase, accessModes: volume.spec?.accessModes ?? [], ...(capacity && { capacity }) };
}
