/** Amounts of resources that containers, quotas and claims name. */
import type { V1ResourceRequirements } from '@kubernetes/client-node';
import { qualifiedName } from '../../../types/names.ts';
import { compareQuantities, parseQuantity } from '../../../types/quantity.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, invalidEach, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';

const CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD = new Set([
  ...CONTAINER,
  ...['requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory'],
  ...['limits.ephemeral-storage', 'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'storage', 'services.nodeports', 'services.loadbalancers'],
]);
/** Counted, not measured. */
const INTEGER = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
]);
const COUNTED = new Set([...INTEGER, 'services.nodeports', 'services.loadbalancers']);

const isHugePage = (name: string) => name.startsWith('hugepages-');
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string) => !isNative(name) && !name.startsWith('requests.');
/** Requests below limits share what is there; of an extended resource nobody gets more than there is. */
const mayOvercommit = (name: string) => isNative(name) && !isHugePage(name);

export function resourceNameFaults(name: string, at: string): FieldError[] {
  const faults = invalidEach(at, name, qualifiedName(name));
  if (faults.length > 0) return faults;
  if (!name.includes('/') && !STANDARD.has(name) && !isHugePage(name) && !name.startsWith('count/')) {
    faults.push(invalid(at, name, 'must be a standard resource type or fully qualified'));
  }
  return faults;
}

export function containerResourceNameFaults(name: string, at: string): FieldError[] {
  const faults = resourceNameFaults(name, at);
  if (!name.includes('/') && !CONTAINER.has(name) && !isHugePage(name)) {
    faults.push(invalid(at, name, 'must be a standard resource for containers'));
  }
  return faults;
}

export function amountFaults(name: string, amount: string, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const { nano } = parseQuantity(amount);
  if (nano < 0n) faults.push(invalid(at, amount, 'must be greater than or equal to 0'));
  if ((COUNTED.has(name) || isExtended(name)) && nano % 1_000_000_000n !== 0n) faults.push(invalid(at, amount, 'must be an integer'));
  return faults;
}

export function requirementsFaults(resources: Wire<V1ResourceRequirements> | undefined | null, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const limits = resources?.limits ?? {};
  const requests = resources?.requests ?? {};
  for (const [name, amount] of Object.entries(limits)) {
    faults.push(...containerResourceNameFaults(name, `${at}.limits[${name}]`), ...amountFaults(name, amount, `${at}.limits[${name}]`));
  }
  for (const [name, amount] of Object.entries(requests)) {
    faults.push(...containerResourceNameFaults(name, `${at}.requests[${name}]`), ...amountFaults(name, amount, `${at}.requests[${name}]`));
    faults.push(...requestFaults(name, amount, limits[name], at));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePage) && !names.some((n) => n === 'cpu' || n === 'memory')) {
    faults.push(forbidden(at, 'HugePages require cpu or memory'));
  }
  return faults;
}

function requestFaults(name: string, request: string, limit: string | undefined, at: string): FieldError[] {
  const overcommit = mayOvercommit(name);
  if (limit === undefined) {
    // A name that is none has been refused already.
    const known = name.includes('/') || isHugePage(name);
    return overcommit || !known ? [] : [required(`${at}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const order = compareQuantities(request, limit);
  if (!overcommit && order !== 0) return [invalid(`${at}.requests`, request, `must be equal to ${name} limit of ${limit}`)];
  if (overcommit && order > 0) return [invalid(`${at}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)];
  return [];
}
