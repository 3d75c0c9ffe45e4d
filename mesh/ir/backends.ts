/** A rule's backendRefs > shares of its requests. A reference that can't be resolved keeps its share, which is answered with 500. */
import type { Service } from '../../client/resources.ts';
import { GATEWAY_GROUP, type HTTPBackendRef, type HTTPRoute } from '../gateway/types.ts';
import { clusterName } from './cluster.ts';
import type { BackendIr, Verdict } from './ir.ts';
import type { World } from './world.ts';

export interface Resolved {
  backend: BackendIr;
  /** The ResolvedRefs condition that the reference leads to, when it can't be resolved. */
  fault?: Verdict;
}

/** appProtocol values that mean something else than HTTP/1.1 (KEP-3726). */
const FOREIGN_PROTOCOLS = new Set(['kubernetes.io/h2c', 'kubernetes.io/wss', 'https', 'grpc', 'h2c']);

export function backendName(route: HTTPRoute, ref: HTTPBackendRef): string {
  return `${ref.namespace ?? route.metadata?.namespace}/${ref.name}`;
}

export function resolveBackend(world: World, route: HTTPRoute, ref: HTTPBackendRef): Resolved {
  const weight = ref.weight ?? 1;
  const broken = (reason: string, message: string): Resolved => ({
    backend: { weight, broken: message },
    fault: { type: 'ResolvedRefs', status: 'False', reason, message },
  });
  if ((ref.group ?? '') !== '' || (ref.kind ?? 'Service') !== 'Service') {
    return broken('InvalidKind', `backend ${ref.group ?? ''}/${ref.kind ?? 'Service'} ${ref.name} is not a Service`);
  }
  const name = backendName(route, ref);
  if (!permitted(world, route, ref)) {
    return broken('RefNotPermitted', `no ReferenceGrant in namespace ${ref.namespace} lets this route use Service ${name}`);
  }
  const service = world.service(name);
  if (!service) return broken('BackendNotFound', `Service ${name} does not exist`);
  const fault = unusable(service, name, ref.port);
  if (fault) return broken(...fault);
  return { backend: { weight, cluster: clusterName(name, ref.port as number) } };
}

function unusable(service: Service, name: string, number: number | undefined): [reason: string, message: string] | undefined {
  if (service.spec?.type === 'ExternalName') return ['BackendNotFound', `Service ${name} is an ExternalName, which has no endpoints`];
  if (number === undefined) return ['BackendNotFound', `the reference to Service ${name} names no port`];
  const port = service.spec?.ports?.find((p) => p.port === number);
  if (!port) return ['BackendNotFound', `Service ${name} has no port ${number}`];
  if ((port.protocol ?? 'TCP') !== 'TCP') return ['UnsupportedProtocol', `port ${number} of Service ${name} is ${port.protocol}`];
  if (FOREIGN_PROTOCOLS.has(port.appProtocol ?? '')) {
    return ['UnsupportedProtocol', `port ${number} of Service ${name} speaks ${port.appProtocol}; the mesh speaks HTTP/1.1`];
  }
  return undefined;
}

/** A reference into another namespace needs a ReferenceGrant there (GEP-709). */
function permitted(world: World, route: HTTPRoute, ref: HTTPBackendRef): boolean {
  const from = route.metadata?.namespace;
  const to = ref.namespace ?? from;
  if (to === from) return true;
  return world
    .grants(to as string)
    .some(
      ({ spec }) =>
        spec?.from?.some((f) => f.group === GATEWAY_GROUP && f.kind === 'HTTPRoute' && f.namespace === from) &&
        spec.to?.some((t) => t.group === '' && t.kind === 'Service' && (t.name === undefined || t.name === ref.name)),
    );
}
