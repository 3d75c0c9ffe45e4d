/** The cells of core/v1 besides pods, services and volumes. */
import type { V1ComponentStatus, V1ConfigMap, V1Namespace, V1Node, V1ResourceQuota, V1Secret } from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';
import { ageOf, type Cells, NONE, nameOf, orNone } from './common.ts';

export const componentStatusCells: Cells<Wire<V1ComponentStatus>> = (object) => {
  const condition = object.conditions?.find((c) => c.type === 'Healthy');
  const status = condition?.status === 'True' ? 'Healthy' : condition?.status === 'False' ? 'Unhealthy' : 'Unknown';
  return [nameOf(object), status, condition?.message ?? '', condition?.error ?? ''];
};

export const configMapCells: Cells<Wire<V1ConfigMap>> = (object, now) => [
  nameOf(object),
  Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
  ageOf(object, now),
];

export const secretCells: Cells<Wire<V1Secret>> = (object, now) => [
  nameOf(object),
  object.type ?? '',
  Object.keys(object.data ?? {}).length,
  ageOf(object, now),
];

export const namespaceCells: Cells<Wire<V1Namespace>> = (object, now) => [nameOf(object), object.status?.phase ?? '', ageOf(object, now)];

const ROLE_PREFIX = 'node-role.kubernetes.io/';

export const nodeCells: Cells<Wire<V1Node>> = (object, now) => {
  const info = object.status?.nodeInfo;
  const address = (type: string) => orNone(object.status?.addresses?.find((a) => a.type === type)?.address);
  return [
    nameOf(object),
    nodeStatus(object),
    nodeRoles(object),
    ageOf(object, now),
    info?.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    info?.osImage || '<unknown>',
    info?.kernelVersion || '<unknown>',
    info?.containerRuntimeVersion || '<unknown>',
  ];
};

function nodeStatus({ spec, status }: Wire<V1Node>): string {
  const ready = status?.conditions?.find((c) => c.type === 'Ready');
  const text = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

function nodeRoles({ metadata }: Wire<V1Node>): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata?.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key !== ROLE_PREFIX) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value) roles.add(value);
  }
  return orNone([...roles].sort().join(','));
}

/** What of each hard limit is used, limits and the rest apart. */
export const resourceQuotaCells: Cells<Wire<V1ResourceQuota>> = (object, now) => {
  const requests: string[] = [];
  const limits: string[] = [];
  const { hard = {}, used = {} } = object.status ?? {};
  for (const name of Object.keys(hard).sort()) {
    (name.startsWith('limits') ? limits : requests).push(`${name}: ${used[name] ?? '0'}/${hard[name]}`);
  }
  return [nameOf(object), requests.join(', '), limits.join(', '), ageOf(object, now)];
};

/** Kinds that show when they were made as a time, not as an age. */
export const createdAtCells: Cells<{ metadata?: { name?: string; creationTimestamp?: string } }> = ({ metadata }) => [
  metadata?.name ?? '',
  metadata?.creationTimestamp ?? NONE,
];

export const nameAndAgeCells: Cells<{ metadata?: { name?: string; creationTimestamp?: string } }> = (object, now) => [
  nameOf(object),
  ageOf(object, now),
];
