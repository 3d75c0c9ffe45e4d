/** The Endpoints object of a service: its pods' addresses, ready and not ready, grouped by their ports. Pure. */
import { isIPv6 } from 'node:net';
import type * as k8s from '@kubernetes/client-node';
import type { Pod, Service } from '../../client/resources.ts';
import type { Wire } from '../../types/wire.ts';
import { canServe, isHeadless, type Port, portsOf } from '../endpointslice/endpoints.ts';
import { isReady, isTerminating } from '../shared/pods.ts';

export type Endpoints = Wire<k8s.V1Endpoints>;
type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

export const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
export const MANAGER = 'endpoint-controller';
const HEADLESS = 'service.kubernetes.io/headless';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
/** Addresses in one object, at most; what is more is left out, and said to be. */
const CAPACITY = 1000;

export function planEndpoints(service: Service, pods: Pod[], standing: Endpoints | undefined): Endpoints {
  const { subsets, truncated } = subsetsOf(service, pods);
  const { [OVER_CAPACITY]: _, ...annotations } = standing?.metadata?.annotations ?? {};
  if (truncated) annotations[OVER_CAPACITY] = 'truncated';
  const { name = '', namespace = '' } = service.metadata ?? {};
  return {
    ...standing,
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(standing?.metadata ?? { name, namespace }),
      labels: labelsFor(service),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    subsets,
  };
}

function labelsFor(service: Service): Record<string, string> {
  const { [HEADLESS]: _, ...labels } = service.metadata?.labels ?? {};
  return { ...labels, ...(isHeadless(service) && { [HEADLESS]: '' }), [MANAGED_BY]: MANAGER };
}

function subsetsOf(service: Service, pods: Pod[]): { subsets: Subset[]; truncated: boolean } {
  const byPorts = new Map<string, Subset>();
  const counted = pods.filter((pod) => canServe(pod) && (!isTerminating(pod) || service.spec?.publishNotReadyAddresses));
  // Ready ones first, so that those are kept when there are too many.
  const ordered = counted.sort((a, b) => Number(isReady(b)) - Number(isReady(a)));
  for (const pod of ordered.slice(0, CAPACITY)) {
    const ports = portsOf(service, pod);
    const address = addressOf(service, pod);
    if (!address || (ports.length === 0 && !isHeadless(service))) continue;
    const key = JSON.stringify(ports);
    const subset = byPorts.get(key) ?? (ports.length > 0 ? { ports: ports.map(withoutEmptyName) } : {});
    byPorts.set(key, subset);
    const list = service.spec?.publishNotReadyAddresses || isReady(pod) ? 'addresses' : 'notReadyAddresses';
    subset[list] = [...(subset[list] ?? []), address];
  }
  const byIp = (a: Address, b: Address) => (a.ip < b.ip ? -1 : 1);
  for (const subset of byPorts.values()) {
    subset.addresses?.sort(byIp);
    subset.notReadyAddresses?.sort(byIp);
  }
  return { subsets: [...byPorts.values()], truncated: ordered.length > CAPACITY };
}

const withoutEmptyName = ({ name, port, protocol, appProtocol }: Port) => ({
  ...(name && { name }),
  port: port ?? 0,
  ...(protocol && { protocol }),
  ...(appProtocol && { appProtocol }),
});

/** The pod's address of the service's first family. */
function addressOf(service: Service, pod: Pod): Address | undefined {
  const wantsV6 = service.spec?.ipFamilies?.[0] === 'IPv6';
  const ips = pod.status?.podIPs?.map(({ ip }) => ip) ?? [];
  const ip = (ips.length > 0 ? ips : [pod.status?.podIP ?? '']).find((candidate) => candidate !== '' && isIPv6(candidate) === wantsV6);
  if (!ip) return undefined;
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  const address: Address = { ip, targetRef: { kind: 'Pod', namespace, name, uid } };
  if (pod.spec?.nodeName) address.nodeName = pod.spec.nodeName;
  if (pod.spec?.hostname && pod.spec.subdomain === service.metadata?.name) address.hostname = pod.spec.hostname;
  return address;
}
