/** What objects other than nodes and pods mean to the scheduler, by kind. */
import type { KubeObject } from '../../types/wire.ts';
import type { Cluster } from './cluster.ts';
import type { Shelf } from './storage.ts';

const WORKLOADS = new Set(['Service', 'ReplicationController', 'ReplicaSet', 'StatefulSet']);

function shelfFor(cluster: Cluster, kind: string): Shelf<KubeObject> | undefined {
  const { storage } = cluster;
  const shelves: Record<string, unknown> = {
    PodDisruptionBudget: cluster.budgets,
    PersistentVolumeClaim: storage.claims,
    PersistentVolume: storage.volumes,
    StorageClass: storage.classes,
    CSINode: storage.csiNodes,
    CSIDriver: storage.csiDrivers,
    CSIStorageCapacity: storage.capacities,
    VolumeAttachment: storage.attachments,
    MachineClass: cluster.machineClasses,
    PodGroup: cluster.gangs.groups,
    ElasticQuota: cluster.quotas.quotas,
  };
  return shelves[kind] as Shelf<KubeObject> | undefined;
}

/** Takes in a new or changed object; kinds that mean nothing here are passed over. */
export function takeIn(cluster: Cluster, object: KubeObject, kind = object.kind ?? ''): void {
  if (WORKLOADS.has(kind)) cluster.workloads.set(kind, object);
  else if (kind === 'Namespace') {
    const name = object.metadata?.name ?? '';
    // The API server puts this label on every namespace.
    cluster.setNamespace(name, { 'kubernetes.io/metadata.name': name, ...object.metadata?.labels });
  } else shelfFor(cluster, kind)?.put(object);
}

export function takeOut(cluster: Cluster, object: KubeObject, kind = object.kind ?? ''): void {
  if (WORKLOADS.has(kind)) cluster.workloads.remove(kind, object);
  else if (kind === 'Namespace') cluster.removeNamespace(object.metadata?.name ?? '');
  else shelfFor(cluster, kind)?.drop(object);
}
