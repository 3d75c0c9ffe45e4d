/** ResourceQuotas and LimitRanges. */
import type { V1LimitRange, V1LimitRangeItem, V1ResourceQuota } from '@kubernetes/client-node';
import { qualifiedName } from '../../../types/names.ts';
import { compareQuantities } from '../../../types/quantity.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalid, invalidEach } from '../field-error.ts';
import { amountFaults, resourceNameFaults } from '../rules/resources.ts';
import { immutable } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Quota = Wire<V1ResourceQuota>;
type LimitRange = Wire<V1LimitRange>;
type Amounts = Record<string, string>;

const SCOPES = [
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
/** Of pods without requests nothing but their number can be limited. */
const POD_SCOPES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'PriorityClass'];
const OF_PODS = /^(pods|cpu|memory|ephemeral-storage|(requests|limits)\.(cpu|memory|ephemeral-storage))$/;
const STANDARD_QUOTA =
  /^(cpu|memory|ephemeral-storage|(requests|limits)\.(cpu|memory|ephemeral-storage)|requests\.storage|pods|resourcequotas|services|replicationcontrollers|secrets|persistentvolumeclaims|configmaps|services\.nodeports|services\.loadbalancers|(requests\.)?hugepages-.*)$/;

export const resourceQuotaStrategy: Strategy = {
  validate: (object) => quotaFaults(object as Quota),
  validateUpdate: (object, before) => [
    ...quotaFaults(object as Quota),
    ...immutable((object as Quota).spec?.scopes, (before as Quota).spec?.scopes, 'spec.scopes'),
  ],
};

function quotaFaults({ spec }: Quota): FieldError[] {
  const faults: FieldError[] = [];
  for (const [name, amount] of Object.entries(spec?.hard ?? {})) {
    const at = `spec.hard[${name}]`;
    faults.push(...invalidEach(at, name, qualifiedName(name)));
    if (!name.includes('/') && !STANDARD_QUOTA.test(name)) faults.push(invalid(at, name, 'must be a standard resource for quota'));
    faults.push(...amountFaults(name, amount, at));
  }
  const scopes = spec?.scopes ?? [];
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) faults.push(invalid('spec.scopes', scopes, 'unsupported scope'));
    const other =
      POD_SCOPES.includes(scope) && Object.keys(spec?.hard ?? {}).some((name) => !OF_PODS.test(name) && !name.startsWith('count/'));
    if (other) faults.push(invalid('spec.scopes', scopes, 'unsupported scope applied to resource'));
  }
  for (const [a, b] of [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ] as const) {
    if (scopes.includes(a) && scopes.includes(b)) faults.push(invalid('spec.scopes', scopes, 'conflicting scopes'));
  }
  return faults;
}

export const limitRangeStrategy: Strategy = {
  validate: (object) => limitRangeFaults(object as LimitRange),
  validateUpdate: (object) => limitRangeFaults(object as LimitRange),
};

function limitRangeFaults({ spec }: LimitRange): FieldError[] {
  const faults: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, item] of (spec?.limits ?? []).entries()) {
    const at = `spec.limits[${i}]`;
    faults.push(...invalidEach(`${at}.type`, item.type, qualifiedName(item.type)));
    if (seen.has(item.type)) faults.push(duplicate(`${at}.type`, item.type));
    seen.add(item.type);
    faults.push(...itemFaults(item, at));
  }
  return faults;
}

function itemFaults(item: Wire<V1LimitRangeItem>, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const { min = {}, max = {}, default: limits = {}, defaultRequest = {} } = item as typeof item & { default?: Amounts };
  if (item.type === 'Pod') {
    for (const [field, given] of Object.entries({ default: limits, defaultRequest })) {
      if (Object.keys(given).length > 0) faults.push(forbidden(`${at}.${field}`, "may not be specified when `type` is 'Pod'"));
    }
  }
  const names = [...new Set([min, max, limits, defaultRequest, item.maxLimitRequestRatio ?? {}].flatMap((a) => Object.keys(a)))].sort();
  for (const name of names) {
    faults.push(...resourceNameFaults(name, `${at}.max[${name}]`));
    if (item.type !== 'Pod') faults.push(...orderFaults({ min, max, limits, defaultRequest }, name, at));
    else faults.push(...orderFaults({ min, max, limits: {}, defaultRequest: {} }, name, at));
    const ratio = item.maxLimitRequestRatio?.[name];
    if (ratio !== undefined && compareQuantities(ratio, '1') < 0) {
      faults.push(invalid(`${at}.maxLimitRequestRatio[${name}]`, ratio, `ratio ${ratio} is less than 1`));
    }
  }
  return faults;
}

/** min <= default request <= default <= max. The value that a message shows is not always the one that it is about: as Kubernetes has it. */
function orderFaults(
  amounts: { min: Amounts; max: Amounts; limits: Amounts; defaultRequest: Amounts },
  name: string,
  at: string,
): FieldError[] {
  const faults: FieldError[] = [];
  const [min, max, limit, request] = [amounts.min[name], amounts.max[name], amounts.limits[name], amounts.defaultRequest[name]];
  const above = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && compareQuantities(a, b) > 0;
  if (above(min, max)) faults.push(invalid(`${at}.min[${name}]`, min, `min value ${min} is greater than max value ${max}`));
  const ofRequest = `${at}.defaultRequest[${name}]`;
  if (above(min, request)) faults.push(invalid(ofRequest, request, `min value ${min} is greater than default request value ${request}`));
  if (above(request, max)) faults.push(invalid(ofRequest, request, `default request value ${request} is greater than max value ${max}`));
  if (above(request, limit))
    faults.push(invalid(ofRequest, request, `default request value ${request} is greater than default limit value ${limit}`));
  const ofLimit = `${at}.default[${name}]`;
  if (above(min, limit)) faults.push(invalid(ofLimit, min, `min value ${min} is greater than default value ${limit}`));
  if (above(limit, max)) faults.push(invalid(ofLimit, max, `default value ${limit} is greater than max value ${max}`));
  return faults;
}
