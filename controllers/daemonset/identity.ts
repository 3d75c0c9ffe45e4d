/** Daemon sets and their pods: labels, the node that a pod is made for, and the taints that all of them tolerate. */
import type * as k8s from '@kubernetes/client-node';
import { resource } from '../../client/resource.ts';
import type { Pod } from '../../client/resources.ts';
import type { Wire } from '../../types/wire.ts';
import { controllerReference } from '../shared/owners.ts';
import { REVISION_LABEL } from '../shared/revisions.ts';

export type DaemonSet = Wire<k8s.V1DaemonSet>;
export type DaemonSetStatus = NonNullable<DaemonSet['status']>;
type Spec = NonNullable<Pod['spec']>;
export type Toleration = NonNullable<Spec['tolerations']>[number];

export const daemonSets = resource<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets');

const GENERATION = 'deprecated.daemonset.template.generation';
const GENERATION_LABEL = 'pod-template-generation';
const NODE_FIELD = 'metadata.name';

export const setReference = (set: DaemonSet) => controllerReference(set, 'apps/v1', 'DaemonSet');

/** A daemon stays on a node that is in trouble, and on one that takes no other pods. */
const TOLERATED: [key: string, effect: string][] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];

/** One that is on the host's network may be what sets up the network. */
const TOLERATED_ON_HOST: [key: string, effect: string][] = [['node.kubernetes.io/network-unavailable', 'NoSchedule']];

/** The template's own tolerations and those of all daemons. */
export function tolerationsOf(set: DaemonSet): Toleration[] {
  const spec = set.spec?.template.spec;
  const taints = spec?.hostNetwork ? [...TOLERATED, ...TOLERATED_ON_HOST] : TOLERATED;
  const added = taints.map(([key, effect]): Toleration => ({ key, operator: 'Exists', effect }));
  const own = (spec?.tolerations ?? []).filter((one) => !added.some((toleration) => isLike(one, toleration)));
  return [...own, ...added];
}

const isLike = (a: Toleration, b: Toleration) =>
  a.key === b.key && a.effect === b.effect && (a.operator ?? 'Equal') === b.operator && (a.value ?? '') === (b.value ?? '');

/** A pod for the node; the scheduler is what puts it there. `hash`: of the set's present revision. */
export function podFrom(set: DaemonSet, hash: string, node: string): Pod {
  const { metadata, spec } = set.spec?.template ?? {};
  const generation = set.metadata?.annotations?.[GENERATION];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ...(metadata?.finalizers && { finalizers: metadata.finalizers }),
      generateName: `${set.metadata?.name}-`,
      namespace: set.metadata?.namespace ?? '',
      labels: { ...metadata?.labels, [REVISION_LABEL]: hash, ...(generation && { [GENERATION_LABEL]: generation }) },
      ownerReferences: [setReference(set)],
    },
    spec: { ...(spec as Spec), tolerations: tolerationsOf(set), affinity: boundTo(spec?.affinity, node) },
  };
}

/** The node takes the place of what the template requires, which the controller has seen to already. */
function boundTo(affinity: Spec['affinity'], node: string): NonNullable<Spec['affinity']> {
  const nodeSelectorTerms = [{ matchFields: [{ key: NODE_FIELD, operator: 'In', values: [node] }] }];
  return {
    ...affinity,
    nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  };
}

/** The node that a pod is on or is made for; empty: it names none. */
export function nodeOf({ spec }: Pod): string {
  if (spec?.nodeName) return spec.nodeName;
  for (const term of spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []) {
    const field = term.matchFields?.find(({ key, operator }) => key === NODE_FIELD && operator === 'In');
    if (field?.values?.length === 1) return field.values[0] as string;
  }
  return '';
}

export const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata?.labels?.[REVISION_LABEL] === hash;
