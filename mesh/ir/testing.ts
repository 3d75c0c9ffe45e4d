/** A world made of a list of objects, for tests and for trying a manifest out. */
import { keyOf } from '../../client/informer.ts';
import type { EndpointSlice, Service } from '../../client/resources.ts';
import type { KubeObject } from '../../types/wire.ts';
import type { HTTPRoute, ReferenceGrant } from '../gateway/types.ts';
import { parentName, serviceParents } from './parents.ts';
import { SERVICE_NAME_LABEL, type World } from './world.ts';

export interface ListedWorld extends World {
  allServices: Service[];
  allRoutes: HTTPRoute[];
}

export function worldOf(objects: KubeObject[]): ListedWorld {
  const ofKind = <T extends KubeObject>(kind: string) => objects.filter((object) => object.kind === kind) as T[];
  const allServices = ofKind<Service>('Service');
  const allRoutes = ofKind<HTTPRoute>('HTTPRoute');
  const slices = ofKind<EndpointSlice>('EndpointSlice');
  const grants = ofKind<ReferenceGrant>('ReferenceGrant');
  return {
    allServices,
    allRoutes,
    service: (name) => allServices.find((service) => keyOf(service) === name),
    slices: (name) => slices.filter(({ metadata }) => `${metadata?.namespace}/${metadata?.labels?.[SERVICE_NAME_LABEL]}` === name),
    routes: (name) => allRoutes.filter((route) => serviceParents(route).some((ref) => parentName(route, ref) === name)),
    grants: (namespace) => grants.filter(({ metadata }) => metadata?.namespace === namespace),
  };
}
