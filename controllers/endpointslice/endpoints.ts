/** What a pod contributes to a service: an endpoint, and the numbers of its ports. */
import { isIPv6 } from 'node:net';
import type { EndpointSlice, Node, Pod, Service } from '../../client/resources.ts';
import { isFinished, isReady, isTerminating } from '../shared/pods.ts';

export type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];
export type Port = NonNullable<EndpointSlice['ports']>[number];
export type AddressType = 'IPv4' | 'IPv6';

const ZONE = 'topology.kubernetes.io/zone';

export const isHeadless = (service: Service): boolean => service.spec?.clusterIP === 'None';

/** A pod that has an address and has not finished; one that is terminating belongs to it until it is gone. */
export const canServe = (pod: Pod): boolean => !isFinished(pod) && addressesOf(pod).length > 0;

function addressesOf(pod: Pod): string[] {
  const { podIP, podIPs } = pod.status ?? {};
  return podIPs?.length ? podIPs.map(({ ip }) => ip) : podIP ? [podIP] : [];
}

/** Undefined: the pod has no address of that family. */
export function endpointOf(pod: Pod, node: Node | undefined, service: Service, family: AddressType): Endpoint | undefined {
  const addresses = addressesOf(pod).filter((address) => isIPv6(address) === (family === 'IPv6'));
  if (addresses.length === 0) return undefined;
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  const endpoint: Endpoint = {
    addresses,
    conditions: { ready, serving, terminating },
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
  if (pod.spec?.nodeName) endpoint.nodeName = pod.spec.nodeName;
  const zone = node?.metadata?.labels?.[ZONE];
  if (zone) endpoint.zone = zone;
  if (pod.spec?.hostname && pod.spec.subdomain === service.metadata?.name) endpoint.hostname = pod.spec.hostname;
  const hints = hintsFor(service, endpoint);
  if (hints) endpoint.hints = hints;
  return endpoint;
}

/** Which clients an endpoint is for, where the service asks to keep traffic near. */
function hintsFor(service: Service, { zone, nodeName, conditions }: Endpoint): Endpoint['hints'] {
  const wish = service.spec?.trafficDistribution;
  if (!zone || !conditions?.ready) return undefined;
  if (wish === 'PreferClose' || wish === 'PreferSameZone') return { forZones: [{ name: zone }] };
  if (wish !== 'PreferSameNode' || !nodeName) return undefined;
  return { forNodes: [{ name: nodeName }], forZones: [{ name: zone }] };
}

/** The service's ports as this pod has them; a named port that the pod lacks is left out. */
export function portsOf(service: Service, pod: Pod): Port[] {
  const ports: Port[] = [];
  for (const wanted of service.spec?.ports ?? []) {
    const protocol = wanted.protocol ?? 'TCP';
    const number = numberOf(wanted.targetPort ?? wanted.port, protocol, pod);
    if (number === undefined) continue;
    const port: Port = { name: wanted.name ?? '', port: number, protocol };
    if (wanted.appProtocol) port.appProtocol = wanted.appProtocol;
    ports.push(port);
  }
  return ports;
}

function numberOf(target: unknown, protocol: string, pod: Pod): number | undefined {
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    for (const port of container.ports ?? []) {
      if (port.name === target && (port.protocol ?? 'TCP') === protocol) return port.containerPort;
    }
  }
  return undefined;
}
