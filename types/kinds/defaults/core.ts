/** Defaults of core/v1 besides pods and services. */
import type {
  V1Endpoints,
  V1LimitRange,
  V1Namespace,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1PodTemplate,
  V1ReplicationController,
  V1Secret,
} from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';
import { defaultPodTemplate } from './pod.ts';
import { defaultClaimSpec, defaultVolumeSpec } from './volumes.ts';

export function defaultPodTemplateObject(object: Wire<V1PodTemplate>): void {
  defaultPodTemplate(object.template);
}

export function defaultReplicationController(object: Wire<V1ReplicationController>): void {
  const { spec } = object;
  if (!spec) return;
  spec.replicas ??= 1;
  defaultPodTemplate(spec.template);
  const labels = spec.template?.metadata?.labels;
  if (!labels) return;
  spec.selector ??= { ...labels };
  if (object.metadata) object.metadata.labels ??= { ...labels };
}

export function defaultNamespace(object: Wire<V1Namespace>): void {
  object.status ??= {};
  object.status.phase ??= 'Active';
  const name = object.metadata?.name;
  if (object.metadata && name) object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': name };
}

export function defaultNode(object: Wire<V1Node>): void {
  if (object.status?.capacity && !object.status.allocatable) object.status.allocatable = { ...object.status.capacity };
}

/** What was given as text becomes data, and is not kept. */
export function defaultSecret(object: Wire<V1Secret>): void {
  object.type ??= 'Opaque';
  if (!object.stringData) return;
  object.data ??= {};
  for (const [key, text] of Object.entries(object.stringData)) object.data[key] = Buffer.from(text).toString('base64');
  delete object.stringData;
}

export function defaultEndpoints(object: Wire<V1Endpoints>): void {
  for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= 'TCP';
}

export function defaultPersistentVolume(object: Wire<V1PersistentVolume>): void {
  object.status ??= {};
  object.status.phase ??= 'Pending';
  if (object.spec) defaultVolumeSpec(object.spec);
}

export function defaultPersistentVolumeClaim(object: Wire<V1PersistentVolumeClaim>): void {
  object.status ??= {};
  object.status.phase ??= 'Pending';
  if (object.spec) defaultClaimSpec(object.spec);
}

/** A container's limits default to the maximum, and its requests to its limits, else to the minimum. */
export function defaultLimitRange(object: Wire<V1LimitRange>): void {
  for (const item of object.spec?.limits ?? []) {
    if (item.type !== 'Container') continue;
    const limits = { ...item.max, ...item.default };
    const requests = { ...item.min, ...limits, ...item.defaultRequest };
    if (Object.keys(limits).length > 0) item.default = limits;
    if (Object.keys(requests).length > 0) item.defaultRequest = requests;
  }
}
