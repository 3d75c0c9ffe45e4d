/** Which ports of which Services a route is attached to, and why not. */
import type { Service } from '../../client/resources.ts';
import type { HTTPRoute, ParentReference } from '../gateway/types.ts';
import { tcpPorts } from './cluster.ts';
import type { Verdict } from './ir.ts';
import { addressesOf } from './service.ts';
import type { World } from './world.ts';

export interface Attachment {
  ref: ParentReference;
  service: string;
  ports: number[];
  /** Why the route is not attached. */
  refusal?: Verdict;
}

/** The parentRefs that are ours: Services of the core group (GEP-1426). */
export function serviceParents(route: HTTPRoute): ParentReference[] {
  return (route.spec?.parentRefs ?? []).filter((ref) => ref.kind === 'Service' && (ref.group ?? '') === '');
}

export function parentName(route: HTTPRoute, ref: ParentReference): string {
  return `${ref.namespace ?? route.metadata?.namespace}/${ref.name}`;
}

export function attach(world: World, route: HTTPRoute, ref: ParentReference): Attachment {
  const service = parentName(route, ref);
  const refuse = (reason: string, message: string): Attachment => ({
    ref,
    service,
    ports: [],
    refusal: { type: 'Accepted', status: 'False', reason, message },
  });
  if ((ref.namespace ?? route.metadata?.namespace) !== route.metadata?.namespace) {
    // A consumer route (GEP-1426) holds for the clients of its own namespace only, and one proxy for all can't tell whose client calls.
    return refuse('NotAllowedByParent', `Service ${service} takes routes of its own namespace only; consumer routes are not supported`);
  }
  const parent = world.service(service);
  if (!parent) return refuse('NoMatchingParent', `Service ${service} does not exist`);
  if (addressesOf(parent).length === 0) {
    return refuse('UnsupportedValue', `Service ${service} has no cluster IP that requests could be sent to`);
  }
  const ports = portsOf(parent, ref);
  if (ports.length === 0) return refuse('NoMatchingParent', `Service ${service} has no TCP port ${describePort(ref)}`);
  return { ref, service, ports };
}

/** `sectionName` is a port's name; with both given both must agree; with none given all ports are meant. */
function portsOf(service: Service, ref: ParentReference): number[] {
  return tcpPorts(service)
    .filter((port) => ref.port === undefined || ref.port === port.port)
    .filter((port) => ref.sectionName === undefined || ref.sectionName === port.name)
    .map((port) => port.port);
}

function describePort(ref: ParentReference): string {
  const parts = [ref.port, ref.sectionName && `named "${ref.sectionName}"`].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : 'at all';
}
