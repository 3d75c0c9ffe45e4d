/**
 * Keeps the proxies' configuration in step with the world: notes what changed, waits a few milliseconds for what changes along with it, then
 * translates twice, and only what the changes concern.
 */
import { keyOf } from '../client/informer.ts';
import type { Clock } from '../types/part/clock.ts';
import type { ResourceConfig } from './config/resource.ts';
import { translateCluster, translateService } from './config/translate.ts';
import type { HTTPRoute } from './gateway/types.ts';
import { buildClusters } from './ir/cluster.ts';
import type { RouteIr, ServiceIr } from './ir/ir.ts';
import { buildRoute } from './ir/route.ts';
import { buildService } from './ir/service.ts';
import { parentsOf, type Sources, serviceOf } from './sources.ts';

export interface TranslatorOptions {
  clock: Clock;
  /** Milliseconds that changes are gathered. */
  coalesce: number;
  publish(set: ResourceConfig[], remove: string[]): void;
  /** A route was translated anew, its status was written, or it is gone. */
  onRoute(name: string): void;
  onService(service: ServiceIr): void;
}

export class Translator {
  readonly #sources: Sources;
  readonly #options: TranslatorOptions;
  readonly #routes = new Map<string, RouteIr>();
  /** Ids of what each Service has published: its listener and tables, and its clusters. */
  readonly #fronts = new Map<string, string[]>();
  readonly #clusters = new Map<string, string[]>();
  readonly #dirty = { routes: new Set<string>(), services: new Set<string>(), clusters: new Set<string>() };
  #scheduled = false;
  #live = false;

  constructor(sources: Sources, options: TranslatorOptions) {
    this.#sources = sources;
    this.#options = options;
    this.#subscribe();
  }

  /** The sources are complete: translates them all and from now on every change. */
  start(): void {
    this.#live = true;
    this.flush();
  }

  route(name: string): RouteIr | undefined {
    return this.#routes.get(name);
  }

  #subscribe(): void {
    const { services, slicesInformer, routesInformer, grantsInformer } = this.#sources;
    each(services, (service) => this.#note('services', keyOf(service)));
    each(slicesInformer, (slice) => {
      const service = serviceOf(slice);
      if (service !== undefined) this.#note('clusters', service);
    });
    const noteRoute = (route: HTTPRoute) => {
      this.#note('routes', keyOf(route));
      for (const parent of parentsOf(route)) this.#note('services', parent);
    };
    routesInformer.handle({
      add: noteRoute,
      update: (route, before) => {
        // Our own writing of its status comes back here too: then nothing is to be translated, only the status to be looked at again.
        if (sameSpec(route, before)) return this.#options.onRoute(keyOf(route));
        noteRoute(before);
        noteRoute(route);
      },
      remove: noteRoute,
    });
    each(grantsInformer, (grant) => {
      for (const route of this.#sources.routesInto(grant.metadata?.namespace ?? '')) this.#noteRoute(keyOf(route));
    });
  }

  #note(what: 'routes' | 'services' | 'clusters', name: string): void {
    this.#dirty[what].add(name);
    if (!this.#live || this.#scheduled) return;
    this.#scheduled = true;
    this.#options.clock.after(this.#options.coalesce, () => this.flush());
  }

  #noteRoute(name: string): void {
    this.#note('routes', name);
    for (const { service } of this.#routes.get(name)?.parents ?? []) this.#note('services', service);
  }

  /** Translates what has changed and publishes it. */
  flush(): void {
    this.#scheduled = false;
    const { routes, services, clusters } = this.#dirty;
    // A Service that came, went or changed its ports means something else to the routes that name it, and these to their parents.
    for (const service of [...services]) for (const route of this.#sources.routesNaming(service)) this.#noteRoute(keyOf(route));
    for (const name of routes) this.#translateRoute(name);
    const set: ResourceConfig[] = [];
    const remove: string[] = [];
    for (const name of services) this.#translateService(name, set, remove);
    for (const name of new Set([...clusters, ...services])) this.#translateClusters(name, set, remove);
    routes.clear();
    services.clear();
    clusters.clear();
    this.#scheduled = false;
    if (set.length + remove.length > 0) this.#options.publish(set, remove);
  }

  #translateRoute(name: string): void {
    const route = this.#sources.routesInformer.get(name);
    const ir = route && buildRoute(this.#sources, route);
    if (ir) this.#routes.set(name, ir);
    else this.#routes.delete(name);
    this.#options.onRoute(name);
  }

  #translateService(name: string, set: ResourceConfig[], remove: string[]): void {
    const service = this.#sources.service(name);
    const routes = this.#sources.routes(name).flatMap((route) => this.#routes.get(keyOf(route)) ?? []);
    const ir = service && buildService(service, routes);
    if (ir) this.#options.onService(ir);
    this.#replace(this.#fronts, name, ir ? translateService(ir) : [], set, remove);
  }

  #translateClusters(name: string, set: ResourceConfig[], remove: string[]): void {
    const service = this.#sources.service(name);
    const clusters = service ? buildClusters(service, this.#sources.slices(name)).map(translateCluster) : [];
    this.#replace(this.#clusters, name, clusters, set, remove);
  }

  /** Notes what a Service has published now, and what of before is gone. */
  #replace(published: Map<string, string[]>, name: string, now: ResourceConfig[], set: ResourceConfig[], remove: string[]): void {
    const ids = now.map(({ type, name: resource }) => `${type}/${resource}`);
    for (const id of published.get(name) ?? []) if (!ids.includes(id)) remove.push(id);
    if (ids.length > 0) published.set(name, ids);
    else published.delete(name);
    set.push(...now);
  }
}

/** The API raises the generation with every change of the spec (and not of the status). */
function sameSpec(a: HTTPRoute, b: HTTPRoute): boolean {
  return a.metadata?.uid === b.metadata?.uid && a.metadata?.generation !== undefined && a.metadata.generation === b.metadata?.generation;
}

/** Calls `note` with every object that comes, changes or goes; with both states of one that changes. */
function each<T>(
  informer: { handle(handler: { add(object: T): void; update(object: T, before: T): void; remove(object: T): void }): void },
  note: (object: T) => void,
): void {
  informer.handle({
    add: note,
    update: (object, before) => {
      note(before);
      note(object);
    },
    remove: note,
  });
}
