/** Feeds the scheduler from the API: which kinds it follows and what their changes mean to it. */
import type { Informer, Informers } from '../client/informer.ts';
import { resource } from '../client/resource.ts';
import { type Node, namespaces, nodes, podDisruptionBudgets, pods, replicaSets, services } from '../client/resources.ts';
import type { KubeObject } from '../types/wire.ts';
import { CLAIMS, VOLUMES } from './api-writes.ts';
import { takeIn, takeOut } from './cache/take-in.ts';
import type { Profile } from './framework/profile.ts';
import type { Scheduler } from './scheduler.ts';

/** Kinds that say which pods belong together; no pod waits for them. */
const WORKLOADS = [
  services,
  replicaSets,
  resource<KubeObject>('v1', 'ReplicationController', 'replicationcontrollers'),
  resource<KubeObject>('apps/v1', 'StatefulSet', 'statefulsets'),
];

const STORAGE = [
  CLAIMS,
  VOLUMES,
  resource<KubeObject>('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false),
  resource<KubeObject>('storage.k8s.io/v1', 'CSINode', 'csinodes', false),
  resource<KubeObject>('storage.k8s.io/v1', 'CSIDriver', 'csidrivers', false),
  resource<KubeObject>('storage.k8s.io/v1', 'CSIStorageCapacity', 'csistoragecapacities'),
  resource<KubeObject>('storage.k8s.io/v1', 'VolumeAttachment', 'volumeattachments', false),
];

type Changed = (object: KubeObject) => void;

function follow(informer: Informer<KubeObject>, scheduler: Scheduler, changed: Changed = () => {}): void {
  const { cluster } = scheduler;
  const { kind } = informer.resource;
  const set = (object: KubeObject) => {
    takeIn(cluster, object, kind);
    changed(object);
  };
  informer.handle({ add: set, update: set, remove: (object) => takeOut(cluster, object, kind) });
}

function followNodes(informers: Informers, { cluster, queue }: Scheduler): void {
  const set = (node: Node, before: Node | undefined) => {
    if (cluster.setNode(node)) queue.happened({ what: 'node', node, before });
  };
  informers.for(nodes).handle({
    add: (node) => set(node, undefined),
    update: set,
    remove: (node) => {
      cluster.removeNode(node.metadata?.name ?? '');
      queue.happened({ what: 'nodeGone', node });
    },
  });
}

function followPods(informers: Informers, { books }: Scheduler): void {
  informers.for(pods).handle({ add: (pod) => books.seen(pod), update: (pod) => books.seen(pod), remove: (pod) => books.gone(pod) });
}

export function followAll(informers: Informers, scheduler: Scheduler, profiles: readonly Profile[]): void {
  const { queue } = scheduler;
  const more = new Set(profiles.flatMap((profile) => profile.plugins.flatMap((plugin) => plugin.follows ?? [])));
  for (const kind of more) follow(informers.for(kind), scheduler, () => queue.happened({ what: 'storage', kind: kind.kind }));
  const namespaceChanged: Changed = (object) => queue.happened({ what: 'namespace', name: object.metadata?.name ?? '' });
  follow(informers.for(namespaces), scheduler, namespaceChanged);
  for (const workload of WORKLOADS) follow(informers.for<KubeObject>(workload), scheduler);
  for (const kind of STORAGE)
    follow(informers.for<KubeObject>(kind), scheduler, () => queue.happened({ what: 'storage', kind: kind.kind }));
  follow(informers.for<KubeObject>(podDisruptionBudgets), scheduler);
  followNodes(informers, scheduler);
  followPods(informers, scheduler);
}
