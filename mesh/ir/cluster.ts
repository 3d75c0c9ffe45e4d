/** Service + EndpointSlices > the clusters that its ports stand for. */

import { keyOf } from '../../client/informer.ts';
import type { EndpointSlice, Service } from '../../client/resources.ts';
import type { ClusterIr } from './ir.ts';

/** Kubernetes' default for `sessionAffinityConfig.clientIP.timeoutSeconds`. */
const DEFAULT_AFFINITY_SECONDS = 10_800;

export function clusterName(service: string, port: number): string {
  return `${service}:${port}`;
}

/** One cluster for each TCP port of the Service. An ExternalName Service has none: it is a name in DNS, not a set of endpoints. */
export function buildClusters(service: Service, slices: EndpointSlice[]): ClusterIr[] {
  if (service.spec?.type === 'ExternalName') return [];
  const affinity = affinityOf(service);
  return tcpPorts(service).map((port) => {
    const cluster: ClusterIr = { name: clusterName(keyOf(service), port.port), endpoints: endpointsOf(slices, port.name ?? '') };
    if (affinity) cluster.affinitySeconds = affinity;
    return cluster;
  });
}

export function tcpPorts(service: Service) {
  return (service.spec?.ports ?? []).filter((port) => (port.protocol ?? 'TCP') === 'TCP');
}

function affinityOf(service: Service): number | undefined {
  if (service.spec?.sessionAffinity !== 'ClientIP') return undefined;
  return service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
}

/**
 * A slice's port carries the name of the Service's port. Terminating endpoints that still serve are used only when none is ready, as
 * kube-proxy does (KEP-1669).
 */
function endpointsOf(slices: EndpointSlice[], portName: string): string[] {
  const ready = new Set<string>();
  const leaving = new Set<string>();
  for (const slice of slices) {
    if (slice.addressType === 'FQDN') continue;
    const port = slice.ports?.find((p) => (p.name ?? '') === portName && (p.protocol ?? 'TCP') === 'TCP')?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const address = endpoint.addresses[0];
      if (address === undefined) continue;
      const { ready: isReady = true, serving = isReady, terminating = false } = endpoint.conditions ?? {};
      if (isReady) ready.add(`${address}:${port}`);
      else if (serving && terminating) leaving.add(`${address}:${port}`);
    }
  }
  return [...(ready.size > 0 ? ready : leaving)].sort();
}
