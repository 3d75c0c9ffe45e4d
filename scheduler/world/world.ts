/**
 * A cluster built out of objects, apart from the live one: what an explanation is computed on and what a simulation changes. Objects may come
 * from the API, from a file of `kubectl get -o yaml`, or out of a manifest that no API server has seen.
 */
import type { Node, Pod, PriorityClass } from '../../client/resources.ts';
import { defaultPod } from '../../types/kinds/defaults/pod.ts';
import type { AnyObject } from '../../types/wire.ts';
import { Cluster } from '../cache/cluster.ts';
import { isFinished, type PodInfo } from '../cache/pod-info.ts';
import { takeIn } from '../cache/take-in.ts';

export interface World {
  readonly cluster: Cluster;
  /** Pods on nodes, by `namespace/name`. */
  readonly placed: Map<string, { info: PodInfo; node: string }>;
  /** Pods that have no node yet, in the order in which they came; finished pods and those being deleted are in neither. */
  readonly pending: Pod[];
  readonly priorityClasses: Map<string, PriorityClass>;
}

export function emptyWorld(): World {
  return { cluster: new Cluster(), placed: new Map(), pending: [], priorityClasses: new Map() };
}

/** Takes in objects of any kinds and in any order; those that mean nothing to scheduling are passed over. */
export function worldOf(objects: readonly AnyObject[]): World {
  const world = emptyWorld();
  for (const object of objects) if (object.kind !== 'Pod') enter(world, object);
  for (const object of objects) if (object.kind === 'Pod') enterPod(world, object as Pod);
  return world;
}

export function enter(world: World, object: AnyObject): void {
  const name = object.metadata?.name ?? '';
  if (object.kind === 'Node') world.cluster.setNode(object as Node);
  else if (object.kind === 'PriorityClass') world.priorityClasses.set(name, object as unknown as PriorityClass);
  else takeIn(world.cluster, object);
}

function enterPod(world: World, pod: Pod): void {
  if (isFinished(pod)) return;
  const ready = asAdmitted(world, pod);
  if (ready.spec?.nodeName) put(world, ready, ready.spec.nodeName);
  else if (!ready.metadata?.deletionTimestamp) world.pending.push(ready);
}

export function put(world: World, pod: Pod, node: string): PodInfo {
  const info = world.cluster.describe(pod);
  world.cluster.place(info, node);
  world.placed.set(info.key, { info, node });
  return info;
}

/** Takes the pod from its node, and out of the books. */
export function take(world: World, key: string): { info: PodInfo; node: string } | undefined {
  const found = world.placed.get(key);
  if (!found) return undefined;
  world.placed.delete(key);
  world.cluster.displace(found.info, found.node);
  world.cluster.drop(found.info);
  return found;
}

/** What the API server fills in at a pod's creation, as far as scheduling looks at it. An admitted pod is not changed by it. */
export function asAdmitted(world: World, pod: Pod): Pod {
  const copy = structuredClone(pod);
  copy.metadata = { namespace: 'default', ...copy.metadata };
  defaultPod(copy);
  const { spec } = copy;
  if (spec && spec.priority === undefined) {
    const named = world.priorityClasses.get(spec.priorityClassName ?? '');
    const usual = spec.priorityClassName ? undefined : [...world.priorityClasses.values()].find((c) => c.globalDefault);
    spec.priority = (named ?? usual)?.value ?? SYSTEM_PRIORITIES[spec.priorityClassName ?? ''] ?? 0;
    const policy = (named ?? usual)?.preemptionPolicy;
    if (policy !== undefined) spec.preemptionPolicy ??= policy;
  }
  return copy;
}

/** Classes that every cluster has. */
const SYSTEM_PRIORITIES: Record<string, number> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

/** The pod as it was before it was scheduled: what it would be decided on by. */
export function unscheduled(pod: Pod): Pod {
  const { nodeName: _node, ...spec } = pod.spec ?? ({ containers: [] } as NonNullable<Pod['spec']>);
  const { nominatedNodeName: _nominated, ...status } = pod.status ?? {};
  return { ...pod, spec, status };
}
