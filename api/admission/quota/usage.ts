/** What an object takes of a quota (k8s.io/kubernetes/pkg/quota/v1/evaluator). Names are those of a ResourceQuota's `hard`. */
import { subtractQuantities } from '../../../types/quantity.ts';
import type { AnyObject } from '../../../types/wire.ts';
import type { AdmissionRequest } from '../admission.ts';
import { type Amounts, type Container, podAmounts } from '../pod-amounts.ts';

/** Counted under their own names as well as under `count/…`. */
const PLAIN = new Set(['pods', 'services', 'configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas', 'persistentvolumeclaims']);

/** What the request adds; undefined: nothing that quotas count. */
export function requestedUsage(request: AdmissionRequest): Amounts | undefined {
  const { operation, kind, subresource, object, before } = request;
  if (!object || subresource !== '' || !kind.namespaced) return undefined;
  if (operation === 'CREATE') return usageOf(kind.storage, object);
  if (operation !== 'UPDATE' || !before || !CHANGING.has(kind.storage)) return undefined;
  return added(usageOf(kind.storage, object), usageOf(kind.storage, before));
}

/** Kinds whose use changes with an update. */
const CHANGING = new Set(['services', 'persistentvolumeclaims']);

function added(after: Amounts, before: Amounts): Amounts | undefined {
  const more: Amounts = {};
  for (const [name, amount] of Object.entries(after)) {
    const difference = subtractQuantities(amount, before[name] ?? '0');
    if (difference !== '0' && !difference.startsWith('-')) more[name] = difference;
  }
  return Object.keys(more).length > 0 ? more : undefined;
}

function usageOf(storage: string, object: AnyObject): Amounts {
  const usage: Amounts = { [`count/${storage}`]: '1' };
  if (PLAIN.has(storage)) usage[storage] = '1';
  if (storage === 'pods') Object.assign(usage, podUsage(object));
  if (storage === 'services') Object.assign(usage, serviceUsage(object));
  if (storage === 'persistentvolumeclaims') Object.assign(usage, claimUsage(object));
  return usage;
}

/** Plain names mean requests. */
const REQUESTED_PLAINLY = ['cpu', 'memory', 'ephemeral-storage'];

function podUsage({ spec }: AnyObject): Amounts {
  const { requests, limits } = podAmounts((spec ?? {}) as { containers?: Container[] });
  const usage: Amounts = {};
  for (const [name, amount] of Object.entries(requests)) {
    if (REQUESTED_PLAINLY.includes(name) || name.startsWith('hugepages-')) usage[name] = amount;
    usage[`requests.${name}`] = amount;
  }
  for (const [name, amount] of Object.entries(limits)) usage[`limits.${name}`] = amount;
  return usage;
}

interface ServiceSpec {
  type?: string;
  ports?: unknown[];
  allocateLoadBalancerNodePorts?: boolean;
}

function serviceUsage({ spec }: AnyObject): Amounts {
  const { type, ports = [], allocateLoadBalancerNodePorts = true } = (spec ?? {}) as ServiceSpec;
  const nodePorts = type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts) ? ports.length : 0;
  return { 'services.nodeports': String(nodePorts), 'services.loadbalancers': type === 'LoadBalancer' ? '1' : '0' };
}

interface ClaimSpec {
  storageClassName?: string;
  resources?: { requests?: Amounts };
}

function claimUsage({ spec }: AnyObject): Amounts {
  const { storageClassName, resources } = (spec ?? {}) as ClaimSpec;
  const storage = resources?.requests?.storage ?? '0';
  const usage: Amounts = { 'requests.storage': storage };
  if (!storageClassName) return usage;
  const prefix = `${storageClassName}.storageclass.storage.k8s.io`;
  return { ...usage, [`${prefix}/persistentvolumeclaims`]: '1', [`${prefix}/requests.storage`]: storage };
}

const NEEDED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** Whether a quota counts this of pods, though a pod may not say it. */
export const isPodAmount = (name: string): boolean => NEEDED.includes(name);

/** What a pod's containers have to say where a quota counts it: `limits.memory for: c,d; requests.cpu for: c`. Empty: nothing is missing. */
export function missingAmounts({ spec }: AnyObject, hard: Amounts): string {
  const { containers = [], initContainers = [] } = (spec ?? {}) as { containers?: Container[]; initContainers?: Container[] };
  const missing: string[] = [];
  for (const name of NEEDED.filter((one) => hard[one] !== undefined).sort()) {
    const without = [...containers, ...initContainers].filter((container) => amountOf(container, name) === undefined);
    if (without.length > 0) missing.push(`${name} for: ${without.map((container) => container.name).join(',')}`);
  }
  return missing.join('; ');
}

function amountOf({ resources }: Container, name: string): string | undefined {
  if (name.startsWith('limits.')) return resources?.limits?.[name.slice('limits.'.length)];
  return resources?.requests?.[name.replace(/^requests\./, '')];
}
