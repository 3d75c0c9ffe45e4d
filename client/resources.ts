/** The built-in resources that the components work with. */
import type * as k8s from '@kubernetes/client-node';
import type { Wire } from '../types/wire.ts';
import { resource } from './resource.ts';

export type Pod = Wire<k8s.V1Pod>;
export type Node = Wire<k8s.V1Node>;
export type Service = Wire<k8s.V1Service>;
export type Namespace = Wire<k8s.V1Namespace>;
export type ServiceAccount = Wire<k8s.V1ServiceAccount>;
export type Deployment = Wire<k8s.V1Deployment>;
export type ReplicaSet = Wire<k8s.V1ReplicaSet>;
export type EndpointSlice = Wire<k8s.V1EndpointSlice>;
export type Lease = Wire<k8s.V1Lease>;
export type CoreEvent = Wire<k8s.CoreV1Event>;
export type PriorityClass = Wire<k8s.V1PriorityClass>;
export type PodDisruptionBudget = Wire<k8s.V1PodDisruptionBudget>;
export type CustomResourceDefinition = Wire<k8s.V1CustomResourceDefinition>;
export type PersistentVolume = Wire<k8s.V1PersistentVolume>;
export type PersistentVolumeClaim = Wire<k8s.V1PersistentVolumeClaim>;
export type StorageClass = Wire<k8s.V1StorageClass>;
export type ConfigMap = Wire<k8s.V1ConfigMap>;
export type Secret = Wire<k8s.V1Secret>;

export const pods = resource<Pod>('v1', 'Pod', 'pods');
export const nodes = resource<Node>('v1', 'Node', 'nodes', false);
export const services = resource<Service>('v1', 'Service', 'services');
export const namespaces = resource<Namespace>('v1', 'Namespace', 'namespaces', false);
export const serviceAccounts = resource<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts');
export const configMaps = resource<ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const secrets = resource<Secret>('v1', 'Secret', 'secrets');
export const persistentVolumes = resource<PersistentVolume>('v1', 'PersistentVolume', 'persistentvolumes', false);
export const persistentVolumeClaims = resource<PersistentVolumeClaim>('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims');
export const storageClasses = resource<StorageClass>('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false);
export const events = resource<CoreEvent>('v1', 'Event', 'events');
export const deployments = resource<Deployment>('apps/v1', 'Deployment', 'deployments');
export const replicaSets = resource<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets');
export const endpointSlices = resource<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
export const leases = resource<Lease>('coordination.k8s.io/v1', 'Lease', 'leases');
export const priorityClasses = resource<PriorityClass>('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false);
export const podDisruptionBudgets = resource<PodDisruptionBudget>('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets');
export const customResourceDefinitions = resource<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);
