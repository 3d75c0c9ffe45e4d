/** Lists, through the API, all objects that scheduling depends on. Nothing is written. */
import type { Client } from '../../client/client.ts';
import { machineClasses } from '../../client/cloud.ts';
import { isForbidden, isNotFound } from '../../client/errors.ts';
import { type Resource, resource } from '../../client/resource.ts';
import { namespaces, nodes, podDisruptionBudgets, pods, priorityClasses, replicaSets, services } from '../../client/resources.ts';
import type { AnyObject, KubeObject } from '../../types/wire.ts';
import { CLAIMS, VOLUMES } from '../api-writes.ts';

const DECISIVE: Resource<KubeObject>[] = [nodes, pods];

/** An API server without them, or a user who may not see them, is no reason to explain nothing. */
const HELPFUL: Resource<KubeObject>[] = [
  namespaces,
  services,
  replicaSets,
  resource('v1', 'ReplicationController', 'replicationcontrollers'),
  resource('apps/v1', 'StatefulSet', 'statefulsets'),
  resource('apps/v1', 'DaemonSet', 'daemonsets'),
  CLAIMS,
  VOLUMES,
  resource('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false),
  resource('storage.k8s.io/v1', 'CSINode', 'csinodes', false),
  resource('storage.k8s.io/v1', 'CSIDriver', 'csidrivers', false),
  resource('storage.k8s.io/v1', 'CSIStorageCapacity', 'csistoragecapacities'),
  resource('storage.k8s.io/v1', 'VolumeAttachment', 'volumeattachments', false),
  podDisruptionBudgets,
  priorityClasses,
  machineClasses,
];

async function listOf(client: Client, kind: Resource<KubeObject>): Promise<AnyObject[]> {
  const { items } = await client.list(kind);
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  // Items of a list do not say what they are.
  return items.map((item) => ({ apiVersion, kind: kind.kind, ...item }) as AnyObject);
}

/** Rejects with the client's error if nodes or pods can't be listed. */
export async function liveObjects(client: Client): Promise<AnyObject[]> {
  const lenient = async (kind: Resource<KubeObject>): Promise<AnyObject[]> => {
    try {
      return await listOf(client, kind);
    } catch (error) {
      if (isNotFound(error) || isForbidden(error)) return [];
      throw error;
    }
  };
  const lists = await Promise.all([...DECISIVE.map((kind) => listOf(client, kind)), ...HELPFUL.map(lenient)]);
  return lists.flat();
}
