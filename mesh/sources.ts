/** What the mesh watches, and the indexes through which the translation looks at it. */
import { type Informer, type Informers, keyOf } from '../client/informer.ts';
import { type EndpointSlice, endpointSlices, type Service, services } from '../client/resources.ts';
import { type HTTPRoute, httpRoutes, type ReferenceGrant, referenceGrants } from './gateway/types.ts';
import { backendName } from './ir/backends.ts';
import { parentName, serviceParents } from './ir/parents.ts';
import { SERVICE_NAME_LABEL, type World } from './ir/world.ts';

export interface Sources extends World {
  readonly services: Informer<Service>;
  readonly slicesInformer: Informer<EndpointSlice>;
  readonly routesInformer: Informer<HTTPRoute>;
  readonly grantsInformer: Informer<ReferenceGrant>;
  /** Routes that name a Service, as parent or as backend. */
  routesNaming(service: string): HTTPRoute[];
  /** Routes that use Services of another namespace, by that namespace. */
  routesInto(namespace: string): HTTPRoute[];
}

/** `gateway` are the informers of the Gateway API's kinds, which a cluster need not have. */
export function openSources(core: Informers, gateway: Informers): Sources {
  const sources = {
    services: core.for(services),
    slicesInformer: core.for(endpointSlices),
    routesInformer: gateway.for(httpRoutes),
    grantsInformer: gateway.for(referenceGrants),
  };
  const { slicesInformer, routesInformer, grantsInformer } = sources;
  slicesInformer.addIndex('service', (slice) => [serviceOf(slice)].filter((name) => name !== undefined));
  routesInformer.addIndex('parent', parentsOf);
  routesInformer.addIndex('named', (route) => [...new Set([...parentsOf(route), ...backendsOf(route)])]);
  routesInformer.addIndex('into', foreignNamespaces);
  grantsInformer.addIndex('namespace', (grant) => [grant.metadata?.namespace ?? '']);
  return {
    ...sources,
    service: (name) => sources.services.get(name),
    slices: (service) => slicesInformer.by('service', service),
    routes: (service) => routesInformer.by('parent', service),
    routesNaming: (service) => routesInformer.by('named', service),
    routesInto: (namespace) => routesInformer.by('into', namespace),
    grants: (namespace) => grantsInformer.by('namespace', namespace),
  };
}

/** The Service that a slice belongs to, by `namespace/name`. */
export function serviceOf(slice: EndpointSlice): string | undefined {
  const name = slice.metadata?.labels?.[SERVICE_NAME_LABEL];
  return name === undefined ? undefined : `${slice.metadata?.namespace}/${name}`;
}

export function parentsOf(route: HTTPRoute): string[] {
  return [...new Set(serviceParents(route).map((ref) => parentName(route, ref)))];
}

function backendsOf(route: HTTPRoute): string[] {
  return (route.spec?.rules ?? []).flatMap((rule) => (rule.backendRefs ?? []).map((ref) => backendName(route, ref)));
}

function foreignNamespaces(route: HTTPRoute): string[] {
  const refs = (route.spec?.rules ?? []).flatMap((rule) => rule.backendRefs ?? []);
  const own = route.metadata?.namespace;
  return [...new Set(refs.flatMap(({ namespace }) => (namespace && namespace !== own ? namespace : [])))];
}

/** The routes (by `namespace/name`) that these resources of the proxies are made of; with undefined: all. */
export function routesConcerned(sources: Sources, ids: string[] | undefined): Set<string> {
  if (!ids) return new Set([...sources.routesInformer.list()].map(keyOf));
  const tables = ids.filter((id) => id.startsWith('routes/'));
  return new Set(tables.flatMap((id) => sources.routes(id.slice('routes/'.length, id.lastIndexOf(':'))).map(keyOf)));
}
