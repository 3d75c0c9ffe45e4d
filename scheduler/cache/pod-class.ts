/**
 * A pod class is all that the scheduler's plugins look at in a pod: pods of one Deployment are of one class. It is parsed once; the pods
 * hold a reference. Whatever a plugin prepares for a pod is kept with its class and given back when the last such pod is gone.
 */
import type { Pod } from '../../client/resources.ts';
import { type Amounts, CPU, DEFAULT_MEMORY, DEFAULT_MILLI_CPU, MEMORY, type ResourceNames, requestsOf } from './resources.ts';
import type { Labels } from './selector.ts';
import { type Terms, termsOf } from './terms.ts';

export type PodSpec = NonNullable<Pod['spec']>;
export type Toleration = NonNullable<PodSpec['tolerations']>[number];
export type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];
export interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}
export interface Owner {
  kind: string;
  name: string;
  uid: string;
}

export interface PodClass {
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** The controller that made the pod, if it is of a kind whose selector default spreading uses. */
  readonly owner: Owner | undefined;
  readonly requests: Amounts;
  /** The requests with kube-scheduler's defaults for containers that state none: what allocation scores are made of. */
  readonly assumedRequests: Amounts;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Toleration[];
  readonly nodeSelector: Labels | undefined;
  readonly nodeAffinity: NonNullable<PodSpec['affinity']>['nodeAffinity'];
  readonly affinity: Terms;
  readonly antiAffinity: Terms;
  readonly spread: readonly SpreadConstraint[];
  readonly images: readonly string[];
  readonly volumes: NonNullable<PodSpec['volumes']>;
  readonly claimsResources: boolean;
  /** Called when the last pod of the class is gone. */
  readonly release: (() => void)[];
}

const SPREAD_OWNERS = new Set(['ReplicationController', 'ReplicaSet', 'StatefulSet']);

function ownerOf(pod: Pod): Owner | undefined {
  const controller = pod.metadata?.ownerReferences?.find((o) => o.controller);
  return controller && SPREAD_OWNERS.has(controller.kind)
    ? { kind: controller.kind, name: controller.name, uid: controller.uid }
    : undefined;
}

const OWN_VOLUMES = ['configMap', 'secret', 'projected', 'emptyDir', 'downwardAPI', 'hostPath'] as const;

/** Volumes that bind the pod to nowhere (most pods have only such ones) are left out. */
function volumesThatMatter(spec: PodSpec): NonNullable<PodSpec['volumes']> {
  return (spec.volumes ?? []).filter((volume) => !OWN_VOLUMES.some((kind) => volume[kind]));
}

function hostPortsOf(spec: PodSpec): HostPort[] {
  const staying = (spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  return [...(spec.containers ?? []), ...staying].flatMap((container) =>
    (container.ports ?? []).flatMap((p) =>
      p.hostPort ? [{ ip: p.hostIP || '0.0.0.0', protocol: p.protocol ?? 'TCP', port: p.hostPort }] : [],
    ),
  );
}

function imagesOf(spec: PodSpec): string[] {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map((container) => container.image ?? '');
  return [...containers, ...(spec.volumes ?? []).flatMap((volume) => (volume.image ? [volume.image.reference ?? ''] : []))];
}

/** Everything that `classOf` reads, as text: equal texts, equal classes. */
export function classKey(pod: Pod): string {
  const spec = pod.spec ?? ({} as PodSpec);
  const containers = (list: PodSpec['containers'] | undefined) =>
    list?.map((c) => [c.image, c.resources?.requests, c.restartPolicy, c.ports?.filter((p) => p.hostPort)]);
  return JSON.stringify([
    pod.metadata?.namespace,
    pod.metadata?.labels,
    ownerOf(pod),
    containers(spec.containers),
    containers(spec.initContainers),
    spec.resources?.requests,
    spec.overhead,
    spec.tolerations,
    spec.nodeSelector,
    spec.affinity,
    spec.topologySpreadConstraints,
    volumesThatMatter(spec),
    Boolean(spec.resourceClaims?.length),
  ]);
}

export function parseClass(pod: Pod, key: string, names: ResourceNames): PodClass {
  const spec = pod.spec ?? ({} as PodSpec);
  const namespace = pod.metadata?.namespace ?? '';
  const labels = pod.metadata?.labels ?? {};
  const defaults: Amounts = new Map([
    [CPU, DEFAULT_MILLI_CPU],
    [MEMORY, DEFAULT_MEMORY],
  ]);
  return {
    key,
    namespace,
    labels,
    owner: ownerOf(pod),
    requests: requestsOf(spec, names),
    assumedRequests: requestsOf(spec, names, defaults),
    hostPorts: hostPortsOf(spec),
    tolerations: spec.tolerations ?? [],
    nodeSelector: spec.nodeSelector,
    nodeAffinity: spec.affinity?.nodeAffinity,
    affinity: termsOf(spec.affinity?.podAffinity, namespace, labels),
    antiAffinity: termsOf(spec.affinity?.podAntiAffinity, namespace, labels),
    spread: spec.topologySpreadConstraints ?? [],
    images: imagesOf(spec),
    volumes: volumesThatMatter(spec),
    claimsResources: Boolean(spec.resourceClaims?.length),
    release: [],
  };
}
