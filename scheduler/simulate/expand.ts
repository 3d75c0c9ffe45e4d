/** From workloads to the pods that their controllers would make, less those that are there already. */
import type * as k8s from '@kubernetes/client-node';
import type { Pod } from '../../client/resources.ts';
import type { AnyObject, ObjectMeta, OwnerReference, Wire } from '../../types/wire.ts';
import { takeIn } from '../cache/take-in.ts';
import { allowedNodes } from '../plugins/node-affinity/node-affinity.ts';
import { repels } from '../plugins/taint-toleration/tolerations.ts';
import { asAdmitted, type World } from '../world/world.ts';
import { InputError } from './input-error.ts';

type Template = Wire<k8s.V1PodTemplateSpec>;
interface Workload extends AnyObject {
  spec?: {
    replicas?: number;
    parallelism?: number;
    completions?: number;
    suspend?: boolean;
    selector?: unknown;
    template?: Template;
    volumeClaimTemplates?: AnyObject[];
  };
}

export const MOST_REPLICAS = 200_000;

const WORKLOADS = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet', 'Job', 'DaemonSet']);
export const isWorkload = (object: AnyObject) => WORKLOADS.has(object.kind ?? '');

/** The label by which a Deployment tells its revisions apart; pods that a simulation makes are all of one. */
const HASH = { 'pod-template-hash': 'simulated' };

/** What the DaemonSet controller adds to its pods' tolerations. */
const DAEMON_TOLERATIONS = ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(
  (name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    ...(name.endsWith('y') || name.endsWith('able') ? {} : { effect: 'NoSchedule' }),
  }),
);

function countOf({ kind, spec = {} }: Workload): number {
  const { replicas = 1, parallelism = 1, completions, suspend } = spec;
  if (kind !== 'Job') return replicas;
  return suspend ? 0 : Math.min(parallelism, completions ?? parallelism);
}

function podOf(meta: ObjectMeta, template: Template, owner: OwnerReference, more: Record<string, string>): Pod {
  const labels = { ...template.metadata?.labels, ...more };
  const namespace = meta.namespace ?? 'default';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta, namespace, labels, ownerReferences: [owner], uid: `simulated-${namespace}-${meta.name}` },
    spec: template.spec ?? { containers: [] },
  } as Pod;
}

/** Pods that are to be made for these objects: for each workload as many as it lacks in this world. The world learns what selects them. */
export function expand(world: World, objects: readonly AnyObject[], existing: readonly AnyObject[] = objects): Pod[] {
  return objects.flatMap((object) => {
    if (object.kind === 'DaemonSet') return daemonPods(world, object as Workload);
    return isWorkload(object) ? podsOf(world, object as Workload, existing) : [];
  });
}

function templateOf(object: Workload): Template {
  const template = object.spec?.template;
  if (!template?.spec?.containers?.length) throw new InputError(`${object.kind} ${object.metadata?.name}: spec.template has no containers`);
  return template;
}

function podsOf(world: World, object: Workload, existing: readonly AnyObject[]): Pod[] {
  const template = templateOf(object);
  const { name = '', namespace = 'default' } = object.metadata ?? {};
  const wanted = countOf(object);
  if (wanted > MOST_REPLICAS)
    throw new InputError(`${object.kind} ${name}: ${wanted} pods are more than the ${MOST_REPLICAS} that are simulated`);
  const owners = ownersOf(object, existing);
  const there = ownedPods(world, namespace, owners);
  const owner = ownerOf(object);
  if (object.kind === 'Deployment') {
    const selector = { matchLabels: { ...template.metadata?.labels, ...HASH } };
    takeIn(world.cluster, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: owner.name, namespace },
      spec: { selector },
    } as AnyObject);
  } else if (object.kind !== 'Job') takeIn(world.cluster, { ...object, metadata: { ...object.metadata, namespace } } as AnyObject);
  const pods: Pod[] = [];
  for (let i = 0; pods.length < wanted - there.size; i++) {
    const podName = `${name}-${i}`;
    if (there.has(`${namespace}/${podName}`)) continue;
    const pod = podOf({ name: podName, namespace }, template, owner, object.kind === 'Deployment' ? HASH : {});
    pods.push(asAdmitted(world, withClaims(world, object, pod)));
  }
  return pods;
}

function ownerOf({ kind = '', apiVersion = '', metadata }: Workload): OwnerReference {
  const name = metadata?.name ?? '';
  const owner = kind === 'Deployment' ? { kind: 'ReplicaSet', name: `${name}-simulated` } : { kind, name };
  return { apiVersion, ...owner, uid: `simulated-${kind}-${name}`, controller: true };
}

/** The workload itself and, of a Deployment, its ReplicaSets: `Kind/name`. */
function ownersOf({ kind, metadata }: Workload, existing: readonly AnyObject[]): Set<string> {
  const { name, namespace = 'default' } = metadata ?? {};
  if (kind !== 'Deployment') return new Set([`${kind}/${name}`]);
  const sets = existing.filter(
    (other) =>
      other.kind === 'ReplicaSet' &&
      (other.metadata?.namespace ?? 'default') === namespace &&
      other.metadata?.ownerReferences?.some((owner) => owner.kind === 'Deployment' && owner.name === name),
  );
  return new Set(sets.map((set) => `ReplicaSet/${set.metadata?.name}`));
}

function ownedPods(world: World, namespace: string, owners: Set<string>): Set<string> {
  const found = new Set<string>();
  const look = ({ metadata }: Pod) => {
    const owner = metadata?.ownerReferences?.find((other) => other.controller);
    if (owner && metadata?.namespace === namespace && owners.has(`${owner.kind}/${owner.name}`)) found.add(`${namespace}/${metadata.name}`);
  };
  for (const { info } of world.placed.values()) look(info.pod);
  for (const pod of world.pending) look(pod);
  return found;
}

/** A StatefulSet's pod brings its claims along. */
function withClaims(world: World, object: Workload, pod: Pod): Pod {
  const templates = object.spec?.volumeClaimTemplates ?? [];
  if (templates.length === 0 || !pod.spec) return pod;
  const namespace = pod.metadata?.namespace ?? 'default';
  const volumes = templates.map((template) => {
    const claimName = `${template.metadata?.name}-${pod.metadata?.name}`;
    const claim = {
      ...template,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: claimName, namespace, uid: claimName },
    };
    if (!world.cluster.storage.claims.has(`${namespace}/${claimName}`)) takeIn(world.cluster, claim as AnyObject);
    return { name: template.metadata?.name ?? '', persistentVolumeClaim: { claimName } };
  });
  return { ...pod, spec: { ...pod.spec, volumes: [...(pod.spec.volumes ?? []), ...volumes] } };
}

/** One pod for every node that the DaemonSet's pods may run on and that has none yet. */
export function daemonPods(world: World, object: Workload): Pod[] {
  const template = templateOf(object);
  const { name = '', namespace = 'default' } = object.metadata ?? {};
  const owner = ownerOf(object);
  const spec = { ...template.spec, tolerations: [...(template.spec?.tolerations ?? []), ...DAEMON_TOLERATIONS] } as Pod['spec'];
  const sample = asAdmitted(world, podOf({ name, namespace }, { ...template, spec: spec as never }, owner, {}));
  const info = world.cluster.describe(sample);
  const allowed = allowedNodes(info.podClass);
  const { tolerations } = info.podClass;
  const taken = new Set([...world.placed.values()].filter(({ info: other }) => isOf(other.pod, namespace, name)).map(({ node }) => node));
  const pods: Pod[] = [];
  for (const slot of world.cluster.nodes.slots) {
    const node = world.cluster.nodes.at[slot];
    if (!node || taken.has(node.name) || repels(node.taints, tolerations) || !(allowed?.(node.labels, node.name) ?? true)) continue;
    const pinned = {
      ...sample,
      metadata: { ...sample.metadata, name: `${name}-${node.name}`, uid: `simulated-${namespace}-${name}-${node.name}` },
    };
    pods.push({ ...pinned, spec: { ...pinned.spec, affinity: onNode(pinned, node.name) } } as Pod);
  }
  world.cluster.drop(info);
  return pods;
}

function isOf({ metadata }: Pod, namespace: string, name: string): boolean {
  const owner = metadata?.ownerReferences?.find((other) => other.controller);
  return metadata?.namespace === namespace && owner?.kind === 'DaemonSet' && owner.name === name;
}

/** As the DaemonSet controller pins its pods. */
function onNode({ spec }: Pod, node: string) {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
  const nodeSelectorTerms = required.map((term) => ({ ...term, matchFields }));
  return {
    ...spec?.affinity,
    nodeAffinity: { ...spec?.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  };
}
