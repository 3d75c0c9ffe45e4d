/** What the first translation looks at. In production an informer's indexes stand behind it, in tests a list of objects. */
import type { EndpointSlice, Service } from '../../client/resources.ts';
import type { HTTPRoute, ReferenceGrant } from '../gateway/types.ts';

export interface World {
  service(name: string): Service | undefined;
  /** The slices of a Service: those labelled `kubernetes.io/service-name`. */
  slices(service: string): EndpointSlice[];
  /** The routes that name a Service as a parent. */
  routes(service: string): HTTPRoute[];
  grants(namespace: string): ReferenceGrant[];
}

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
