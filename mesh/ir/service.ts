/** Service + the routes attached to it > the front that clients call. */
import { keyOf } from '../../client/informer.ts';
import type { Service } from '../../client/resources.ts';
import { clusterName, tcpPorts } from './cluster.ts';
import type { AttachedRoute, PortIr, RouteIr, ServiceIr } from './ir.ts';

/** appProtocol values that mean HTTP/1.1, with or without WebSocket (KEP-3726). */
const HTTP = new Set(['http', 'kubernetes.io/ws']);

/** `routes` are those that name the Service as a parent; those that were not accepted are attached to no port and fall away. */
export function buildService(service: Service, routes: RouteIr[]): ServiceIr {
  const name = keyOf(service);
  const ports = service.spec?.type === 'ExternalName' ? [] : tcpPorts(service);
  return {
    name,
    addresses: addressesOf(service),
    ports: ports.map(({ port, nodePort, appProtocol = '' }) => {
      const attached = attachedTo(routes, name, port);
      const ir: PortIr = { number: port, cluster: clusterName(name, port), http: HTTP.has(appProtocol), routes: attached };
      if (nodePort) ir.nodePort = nodePort;
      return ir;
    }),
    refused: refusedPorts(service),
  };
}

/** The cluster IPs that are to be listened on: none for headless and ExternalName Services. */
export function addressesOf(service: Service): string[] {
  if (service.spec?.type === 'ExternalName') return [];
  const { clusterIP, clusterIPs } = service.spec ?? {};
  const all = clusterIPs?.length ? clusterIPs : clusterIP ? [clusterIP] : [];
  return all.filter((ip) => ip !== 'None' && ip !== '');
}

function attachedTo(routes: RouteIr[], service: string, port: number): AttachedRoute[] {
  return routes
    .filter((route) => route.parents.some((parent) => parent.service === service && parent.ports.includes(port)))
    .map(({ name, created, rules }) => ({ name, created, rules }));
}

function refusedPorts(service: Service): ServiceIr['refused'] {
  if (addressesOf(service).length === 0) return [];
  return (service.spec?.ports ?? [])
    .filter((port) => (port.protocol ?? 'TCP') !== 'TCP')
    .map(({ port, protocol }) => ({ port, why: `${protocol} is not carried by the mesh; only TCP is` }));
}
