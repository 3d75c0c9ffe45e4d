/** Claims, volumes and what is known of their drivers, by name. */
import type * as k8s from '@kubernetes/client-node';
import type { KubeObject, Wire } from '../../types/wire.ts';

export type Claim = Wire<k8s.V1PersistentVolumeClaim>;
export type Volume = Wire<k8s.V1PersistentVolume>;
export type StorageClass = Wire<k8s.V1StorageClass>;
export type CsiNode = Wire<k8s.V1CSINode>;
export type CsiDriver = Wire<k8s.V1CSIDriver>;
export type CsiStorageCapacity = Wire<k8s.V1CSIStorageCapacity>;
export type Budget = Wire<k8s.V1PodDisruptionBudget>;
export type VolumeAttachment = Wire<k8s.V1VolumeAttachment>;

function keyOf(object: KubeObject): string {
  const { namespace, name = '' } = object.metadata ?? {};
  return namespace ? `${namespace}/${name}` : name;
}

/** Objects of one kind, by `namespace/name` or `name`. */
export class Shelf<T extends KubeObject> extends Map<string, T> {
  put(object: T): void {
    this.set(keyOf(object), object);
  }

  drop(object: T): void {
    this.delete(keyOf(object));
  }
}

export class Storage {
  readonly claims = new Shelf<Claim>();
  readonly volumes = new Shelf<Volume>();
  readonly classes = new Shelf<StorageClass>();
  readonly csiNodes = new Shelf<CsiNode>();
  readonly csiDrivers = new Shelf<CsiDriver>();
  readonly capacities = new Shelf<CsiStorageCapacity>();
  readonly attachments = new Shelf<VolumeAttachment>();
  /** Volumes chosen for a claim (`namespace/name`) by a decision that is not written yet, by name. */
  readonly assumedVolumes = new Map<string, string>();
  /** Nodes chosen for claims that are to be provisioned, by `namespace/name` of the claim. */
  readonly assumedNodes = new Map<string, string>();
}
