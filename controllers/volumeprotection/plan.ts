/** Whether a claim, or a volume, may go (kubernetes/pkg/controller/volume/pvcprotection and pvprotection). Pure. */
import type { Pod } from '../../client/resources.ts';
import type { KubeObject } from '../../types/wire.ts';

export interface Protection {
  /** As in `--controllers`. */
  controller: string;
  finalizer: string;
}

export const CLAIMS: Protection = { controller: 'persistentvolumeclaim-protection-controller', finalizer: 'kubernetes.io/pvc-protection' };
export const VOLUMES: Protection = { controller: 'persistentvolume-protection-controller', finalizer: 'kubernetes.io/pv-protection' };

/** The object with its protection put on or, if it is going, taken off (which must wait for its users); undefined: neither. */
export function protect<T extends KubeObject>(object: T, { finalizer }: Protection): T | undefined {
  const finalizers = object.metadata?.finalizers ?? [];
  const held = finalizers.includes(finalizer);
  const wanted = object.metadata?.deletionTimestamp === undefined;
  if (held === wanted) return undefined;
  const after = wanted ? [...finalizers, finalizer] : finalizers.filter((one) => one !== finalizer);
  return { ...object, metadata: { ...object.metadata, finalizers: after } };
}

/** Claims that the pod uses, by name. One that no kubelet has been given yet will not be started with a claim that goes. */
export function claimsOf({ metadata, spec }: Pod): string[] {
  if (!spec?.nodeName) return [];
  return (spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
    return volume.ephemeral ? `${metadata?.name}-${volume.name}` : [];
  });
}
