/**
 * Which slices a service needs. Pure. As in k8s.io/endpointslice, as few writes as possible are made: an endpoint stays in the slice where it is,
 * room in slices that are written anyway is filled first, and a slice that is not needed any more is used again before a new one is made.
 */
import type { EndpointSlice, Node, Pod, Service } from '../../client/resources.ts';
import { same } from '../shared/same.ts';
import { type AddressType, canServe, type Endpoint, endpointOf, isHeadless, type Port, portsOf } from './endpoints.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';

export interface Observed {
  service: Service;
  /** Those that the service's selector matches. */
  pods: Pod[];
  node(name: string): Node | undefined;
  /** Those that we manage for the service. */
  slices: EndpointSlice[];
  /** Endpoints in one slice, at most. */
  limit: number;
}

export interface Plan {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
  /** Pods that were left out because their node is not there; it may come, so the service has to be looked at again. */
  skipped: string[];
}

/** Endpoints that have the same ports, by address and pod. */
interface Group {
  ports: Port[];
  endpoints: Map<string, Endpoint>;
}

export function planSlices(observed: Observed): Plan {
  const { service, slices } = observed;
  const families = (service.spec?.ipFamilies ?? ['IPv4']) as AddressType[];
  const plan: Plan = { create: [], update: [], remove: [], skipped: [] };
  plan.remove.push(...slices.filter((slice) => !families.includes(slice.addressType as AddressType)));
  for (const family of families) {
    planFamily(
      observed,
      family,
      slices.filter((slice) => slice.addressType === family),
      plan,
    );
  }
  return plan;
}

function planFamily(observed: Observed, family: AddressType, standing: EndpointSlice[], plan: Plan): void {
  const groups = gather(observed, family, plan.skipped);
  // Without endpoints an empty slice stands, so that it can be seen that the service was looked at.
  if (groups.size === 0) groups.set(keyOfPorts([]), { ports: [], endpoints: new Map() });
  const create: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  const byPorts = Map.groupBy(standing, (slice) => keyOfPorts((slice.ports ?? []) as Port[]));
  for (const [key, slices] of byPorts) if (!groups.has(key)) remove.push(...slices);
  for (const [key, group] of groups) planGroup(observed, family, group, byPorts.get(key) ?? [], { ...plan, create, remove });
  // A slice that would go is changed into one that would come.
  while (create.length > 0 && remove.length > 0) {
    const { metadata } = remove.shift() as EndpointSlice;
    const made = create.shift() as EndpointSlice;
    plan.update.push({ ...made, metadata: { ...metadata, ...(made.metadata?.labels && { labels: made.metadata.labels }) } });
  }
  plan.create.push(...create);
  plan.remove.push(...remove);
}

function gather({ service, pods, node }: Observed, family: AddressType, skipped: string[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    if (!canServe(pod)) continue;
    const home = node(pod.spec?.nodeName ?? '');
    if (!home && !service.spec?.publishNotReadyAddresses) {
      const who = `${service.metadata?.namespace}/${service.metadata?.name}`;
      skipped.push(`skipping Pod ${pod.metadata?.name} for Service ${who}: Node ${pod.spec?.nodeName ?? ''} Not Found`);
      continue;
    }
    const endpoint = endpointOf(pod, home, service, family);
    if (!endpoint) continue;
    const ports = portsOf(service, pod);
    const key = keyOfPorts(ports);
    const group = groups.get(key) ?? { ports, endpoints: new Map() };
    groups.set(key, group);
    group.endpoints.set(identity(endpoint), endpoint);
  }
  return groups;
}

const keyOfPorts = (ports: Port[]) =>
  ports
    .map((p) => `${p.name}/${p.port}/${p.protocol}/${p.appProtocol ?? ''}`)
    .sort()
    .join();

const identity = (endpoint: Endpoint) => `${endpoint.addresses.join()} ${endpoint.targetRef?.uid ?? ''}`;

function planGroup(observed: Observed, family: AddressType, group: Group, standing: EndpointSlice[], plan: Plan): void {
  const { service, limit } = observed;
  const left = new Map(group.endpoints);
  const kept: { slice: EndpointSlice; endpoints: Endpoint[]; changed: boolean }[] = [];
  for (const slice of standing) {
    const endpoints: Endpoint[] = [];
    let changed = false;
    for (const before of slice.endpoints ?? []) {
      const now = left.get(identity(before));
      if (!now) continue;
      left.delete(identity(before));
      endpoints.push(now);
      changed ||= !same(before, now);
    }
    changed ||= endpoints.length !== (slice.endpoints ?? []).length || !same(slice.metadata?.labels, labelsFor(service));
    kept.push({ slice, endpoints, changed });
  }
  // One slice stands even if it is empty, where nothing else will.
  const spare = kept.filter(({ endpoints }) => endpoints.length === 0);
  const placeholder = group.endpoints.size === 0 ? spare.shift() : undefined;
  plan.remove.push(...spare.map(({ slice }) => slice));
  const filled = kept.filter((entry) => entry.endpoints.length > 0 || entry === placeholder);
  fill(filled, left, limit);
  for (const { slice, endpoints, changed } of filled) if (changed) plan.update.push(changedSlice(slice, service, endpoints));
  const rest = [...left.values()];
  for (let from = 0; from < rest.length; from += limit) {
    plan.create.push(newSlice(service, family, group.ports, rest.slice(from, from + limit)));
  }
  if (group.endpoints.size === 0 && !placeholder) plan.create.push(newSlice(service, family, group.ports, []));
}

/** Slices that are written anyway are filled first; then one more whose room takes all the rest, if there is one. */
function fill(slices: { endpoints: Endpoint[]; changed: boolean }[], left: Map<string, Endpoint>, limit: number): void {
  const take = (entry: { endpoints: Endpoint[]; changed: boolean }) => {
    for (const [key, endpoint] of left) {
      if (entry.endpoints.length >= limit) return;
      entry.endpoints.push(endpoint);
      entry.changed = true;
      left.delete(key);
    }
  };
  for (const entry of slices) if (entry.changed) take(entry);
  if (left.size === 0) return;
  const roomy = slices
    .filter((entry) => !entry.changed && limit - entry.endpoints.length >= left.size % limit && entry.endpoints.length < limit)
    .sort((a, b) => b.endpoints.length - a.endpoints.length)[0];
  if (roomy && left.size < limit) take(roomy);
}

function labelsFor(service: Service): Record<string, string> {
  const labels = { ...service.metadata?.labels };
  delete labels[HEADLESS];
  if (isHeadless(service)) labels[HEADLESS] = '';
  labels[SERVICE_NAME] = service.metadata?.name ?? '';
  labels[MANAGED_BY] = MANAGER;
  return labels;
}

function changedSlice(slice: EndpointSlice, service: Service, endpoints: Endpoint[]): EndpointSlice {
  return { ...slice, metadata: { ...slice.metadata, labels: labelsFor(service) }, endpoints };
}

function newSlice(service: Service, addressType: AddressType, ports: Port[], endpoints: Endpoint[]): EndpointSlice {
  const { name = '', namespace = '', uid = '' } = service.metadata ?? {};
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: labelsFor(service),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType,
    ports,
    endpoints,
  };
}
