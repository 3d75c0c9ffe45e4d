/** Who a pod of a stateful set is: its ordinal, name, host name and volumes. They outlive the pod. */
import type * as k8s from '@kubernetes/client-node';
import { resource } from '../../client/resource.ts';
import type { PersistentVolumeClaim as Claim, Pod } from '../../client/resources.ts';
import type { Wire } from '../../types/wire.ts';
import { controllerReference } from '../shared/owners.ts';
import { type PodTemplate, REVISION_LABEL } from '../shared/revisions.ts';

export type StatefulSet = Wire<k8s.V1StatefulSet>;
export type StatefulSetStatus = NonNullable<StatefulSet['status']>;
type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];

export const statefulSets = resource<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets');

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';
const NAME = /^(.*)-([0-9]+)$/;

/** Undefined: the pod's name is none that the set gives. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const [, parent, ordinal] = NAME.exec(pod.metadata?.name ?? '') ?? [];
  return parent === set.metadata?.name && ordinal !== undefined ? Number(ordinal) : undefined;
}

export const firstOrdinal = (set: StatefulSet): number => set.spec?.ordinals?.start ?? 0;

export const replicasOf = (set: StatefulSet): number => set.spec?.replicas ?? 1;

/** False for a pod that is one too many. */
export function inRange(set: StatefulSet, pod: Pod): boolean {
  const place = (ordinalOf(set, pod) ?? -1) - firstOrdinal(set);
  return place >= 0 && place < replicasOf(set);
}

export const claimName = (set: StatefulSet, template: Claim, ordinal: number): string =>
  `${template.metadata?.name}-${set.metadata?.name}-${ordinal}`;

export const claimTemplates = (set: StatefulSet): Claim[] => set.spec?.volumeClaimTemplates ?? [];

export const setReference = (set: StatefulSet) => controllerReference(set, 'apps/v1', 'StatefulSet');

export const podRevision = (pod: Pod): string => pod.metadata?.labels?.[REVISION_LABEL] ?? '';

/** A new pod of that ordinal. */
export function podFrom(set: StatefulSet, template: PodTemplate, revision: string, ordinal: number): Pod {
  const name = `${set.metadata?.name}-${ordinal}`;
  const { metadata } = template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ...(metadata?.finalizers && { finalizers: metadata.finalizers }),
      name,
      generateName: `${set.metadata?.name}-`,
      namespace: set.metadata?.namespace ?? '',
      labels: { ...metadata?.labels, ...identityLabels(name, ordinal), [REVISION_LABEL]: revision },
      ownerReferences: [setReference(set)],
    },
    spec: {
      ...(template.spec as NonNullable<Pod['spec']>),
      hostname: name,
      ...(set.spec?.serviceName && { subdomain: set.spec.serviceName }),
      volumes: volumesFor(set, template.spec?.volumes ?? [], ordinal),
    },
  };
}

const identityLabels = (name: string, ordinal: number) => ({ [POD_NAME]: name, [POD_INDEX]: String(ordinal) });

/** The claims' volumes take the place of volumes of the same name. */
function volumesFor(set: StatefulSet, others: Volume[], ordinal: number): Volume[] {
  const claimed = claimTemplates(set).map((template): Volume => {
    return { name: template.metadata?.name ?? '', persistentVolumeClaim: { claimName: claimName(set, template, ordinal) } };
  });
  const taken = new Set(claimed.map(({ name }) => name));
  return [...claimed, ...others.filter(({ name }) => !taken.has(name))];
}

/** The pod with what of its identity it lacks (a pod that was adopted, or that somebody changed); undefined: it lacks nothing. */
export function withIdentity(set: StatefulSet, pod: Pod): Pod | undefined {
  const ordinal = ordinalOf(set, pod) ?? 0;
  const labels = identityLabels(pod.metadata?.name ?? '', ordinal);
  const labelled = Object.entries(labels).every(([key, value]) => pod.metadata?.labels?.[key] === value);
  if (labelled && storageMatches(set, pod, ordinal)) return undefined;
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata?.labels, ...labels } },
    spec: { ...(pod.spec as NonNullable<Pod['spec']>), volumes: volumesFor(set, pod.spec?.volumes ?? [], ordinal) },
  };
}

function storageMatches(set: StatefulSet, pod: Pod, ordinal: number): boolean {
  return claimTemplates(set).every((template) => {
    const volume = pod.spec?.volumes?.find(({ name }) => name === template.metadata?.name);
    return volume?.persistentVolumeClaim?.claimName === claimName(set, template, ordinal);
  });
}
