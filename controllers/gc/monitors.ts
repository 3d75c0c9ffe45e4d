/** Feeding the graph: every resource that can be listed, watched and deleted, custom ones as they come and go. */
import type { ServedResource } from '../../client/discovery.ts';
import { reflect } from '../../client/reflector.ts';
import type { Resource } from '../../client/resource.ts';
import {
  deployments,
  endpointSlices,
  leases,
  namespaces,
  nodes,
  pods,
  replicaSets,
  serviceAccounts,
  services,
} from '../../client/resources.ts';
import type { AnyObject, KubeObject } from '../../types/wire.ts';
import type { Env } from '../controller.ts';
import type { Catalogue } from '../shared/catalogue.ts';
import type { Graph } from './graph.ts';

/** Watched by other controllers too: what comes in for them is used here, and not asked for again. */
const SHARED = [
  pods,
  nodes,
  services,
  namespaces,
  serviceAccounts,
  deployments,
  replicaSets,
  endpointSlices,
  leases,
] as Resource<KubeObject>[];

/** Lists under way at the same time when the graph is filled first. */
const AT_ONCE = 6;

const nameOf = ({ group, version, plural }: Resource<KubeObject>) => `${group}/${version}/${plural}`;

const isWatchable = ({ resource, verbs }: ServedResource) =>
  ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb)) && resource.plural !== 'events';

interface Monitor {
  stop: AbortController;
  synced: Promise<void>;
}

export interface Monitors {
  /** Adds a monitor for each resource that has come and ends those of resources that have gone; resolves when all have listed. */
  refresh(): Promise<void>;
}

export function createMonitors(env: Env, catalogue: Catalogue, graph: Graph): Monitors {
  const monitors = new Map<string, Monitor>();
  const shared = new Set(SHARED.map(nameOf));
  for (const resource of SHARED) attach(env, graph, resource);
  const refresh = async () => {
    const { served, failed } = await catalogue.read();
    const wanted = served.filter(isWatchable).filter(({ resource }) => !shared.has(nameOf(resource)));
    const names = new Set(wanted.map(({ resource }) => nameOf(resource)));
    if (failed.length === 0) for (const [name, { stop }] of monitors) if (!names.has(name) && monitors.delete(name)) stop.abort();
    const fresh = wanted.filter(({ resource }) => !monitors.has(nameOf(resource)));
    for (let from = 0; from < fresh.length; from += AT_ONCE) {
      const batch = fresh.slice(from, from + AT_ONCE).map(({ resource }) => startMonitor(env, graph, monitors, resource));
      await Promise.all(batch.map(({ synced }) => synced));
    }
  };
  return { refresh };
}

function attach(env: Env, graph: Graph, resource: Resource<KubeObject>): void {
  env.informers.for(resource).handle({
    add: (object) => graph.upsert(resource as Resource<AnyObject>, object),
    update: (object) => graph.upsert(resource as Resource<AnyObject>, object),
    remove: (object) => graph.remove(object.metadata?.uid ?? ''),
  });
}

function startMonitor(env: Env, graph: Graph, monitors: Map<string, Monitor>, resource: Resource<AnyObject>): Monitor {
  const stop = new AbortController();
  const listed = Promise.withResolvers<void>();
  const known = new Set<string>();
  const forget = (uid: string) => {
    known.delete(uid);
    graph.remove(uid);
  };
  const take = (object: KubeObject) => {
    known.add(object.metadata?.uid ?? '');
    graph.upsert(resource, object);
  };
  const signal = AbortSignal.any([env.ctx.signal, stop.signal]);
  const ended = reflect(
    env.client,
    { ...env.ctx, signal },
    resource,
    {},
    {
      replace: (objects) => {
        const listedNow = new Set(objects.map((object) => object.metadata?.uid ?? ''));
        for (const uid of known) if (!listedNow.has(uid)) forget(uid);
        for (const object of objects) take(object);
        listed.resolve();
      },
      change: ({ type, object }) => (type === 'DELETED' ? forget(object.metadata?.uid ?? '') : take(object)),
      reached: () => {},
    },
  );
  // A resource that goes takes its objects with it, and does not keep the others waiting.
  void ended.then(() => {
    listed.resolve();
    if (!env.ctx.signal.aborted) for (const uid of known) forget(uid);
  });
  const monitor = { stop, synced: listed.promise };
  monitors.set(nameOf(resource), monitor);
  return monitor;
}
