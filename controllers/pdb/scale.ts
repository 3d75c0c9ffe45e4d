/** How many pods the controllers of some pods want together; any controller with a `scale` subresource counts. */
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { pathOf } from '../../client/resource.ts';
import { type Pod, type ReplicaSet, replicaSets } from '../../client/resources.ts';
import type { KubeObject, OwnerReference } from '../../types/wire.ts';
import type { Env } from '../controller.ts';
import { type Catalogue, createCatalogue } from '../shared/catalogue.ts';
import { controllerOf } from '../shared/owners.ts';

export interface Scale {
  replicas: number;
  /** Pods that no controller owns. */
  unmanaged: Pod[];
}

interface State {
  client: Client;
  catalogue: Catalogue;
  sets: Informer<ReplicaSet>;
}

export type ScaleOf = (pods: Pod[]) => Promise<Scale>;

/** Rejects when a controller is not there, or has no scale. */
export function createScaleOf(env: Env): ScaleOf {
  const state: State = { client: env.client, catalogue: createCatalogue(env), sets: env.informers.for(replicaSets) };
  return async (pods) => {
    const unmanaged = pods.filter((pod) => !controllerOf(pod));
    const owners = new Map(pods.flatMap((pod) => ownerIn(state, pod)));
    const counts = await Promise.all([...owners.values()].map(({ pod, owner }) => replicasOf(state, pod, owner)));
    return { replicas: counts.reduce((sum, count) => sum + count, 0), unmanaged };
  };
}

interface Owned {
  pod: Pod;
  owner: OwnerReference;
}

/** A replica set that a deployment owns counts as the deployment, whose other sets' pods are of the same family. */
function ownerIn({ sets }: State, pod: Pod): [string, Owned][] {
  const owner = controllerOf(pod);
  if (!owner) return [];
  const set = owner.kind === 'ReplicaSet' ? sets.get(`${pod.metadata?.namespace}/${owner.name}`) : undefined;
  const above = (set?.metadata?.uid === owner.uid && set && controllerOf(set)) || owner;
  return [[above.uid, { pod, owner: above }]];
}

async function replicasOf({ client, catalogue }: State, pod: Pod, owner: OwnerReference): Promise<number> {
  const [group = ''] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
  const { served } = await catalogue.read();
  const found = served.find(({ resource }) => resource.kind === owner.kind && resource.group === group);
  const namespace = pod.metadata?.namespace ?? '';
  const path = found && pathOf(found.resource, { namespace, name: owner.name, subresource: 'scale' });
  const { status, body } = path ? await client.raw('GET', path) : { status: 404, body: undefined };
  const scale = body as (KubeObject & { spec?: { replicas?: number } }) | undefined;
  if (status === 200 && scale?.metadata?.uid === owner.uid) return scale.spec?.replicas ?? 0;
  if (status !== 404 && status !== 200)
    throw new Error(`${owner.kind} ${owner.name}: the server answered ${status} when asked for its scale`);
  throw new Error(`found no controllers for pod "${pod.metadata?.name}"`);
}
