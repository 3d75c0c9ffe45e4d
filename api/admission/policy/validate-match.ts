/** Faults of what policies and webhooks say they are about (k8s.io/kubernetes/pkg/apis/admissionregistration/validation). */
import { qualifiedName } from '../../../types/names.ts';
import type { Environment } from '../../cel/environment.ts';
import { duplicate, invalid, invalidEach, notSupported, required } from '../../kinds/field-error.ts';
import { labelSelectorFaults } from '../../kinds/rules/selectors.ts';
import type { FieldError } from '../../kinds/strategy.ts';
import type { MatchResources, Named, RuleWithOperations } from './definition.ts';
import { conditionProgram } from './program.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const MAX_CONDITIONS = 64;

export function matchResourcesFaults(resources: MatchResources & { matchPolicy?: string }, path: string): FieldError[] {
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = resources;
  const faults: FieldError[] = [];
  if (matchPolicy === undefined) faults.push(required(`${path}.matchPolicy`));
  else if (!MATCH_POLICIES.includes(matchPolicy)) faults.push(notSupported(`${path}.matchPolicy`, matchPolicy, MATCH_POLICIES));
  if (namespaceSelector) faults.push(...labelSelectorFaults(namespaceSelector, `${path}.namespaceSelector`));
  if (objectSelector) faults.push(...labelSelectorFaults(objectSelector, `${path}.objectSelector`));
  for (const [i, rule] of resourceRules.entries()) faults.push(...ruleFaults(rule, `${path}.resourceRules[${i}]`));
  for (const [i, rule] of excludeResourceRules.entries()) faults.push(...ruleFaults(rule, `${path}.excludeResourceRules[${i}]`));
  return faults;
}

export function ruleFaults({ operations, apiGroups, apiVersions, resources, scope }: RuleWithOperations, path: string): FieldError[] {
  const faults = [
    ...starFaults(operations, `${path}.operations`, 'operations'),
    ...(operations ?? []).flatMap((one, i) =>
      OPERATIONS.includes(one) ? [] : [notSupported(`${path}.operations[${i}]`, one, OPERATIONS)],
    ),
    ...starFaults(apiGroups, `${path}.apiGroups`, 'API groups'),
    ...starFaults(apiVersions, `${path}.apiVersions`, 'API versions'),
    ...(apiVersions ?? []).flatMap((one, i) => (one === '' ? [required(`${path}.apiVersions[${i}]`)] : [])),
  ];
  if (!resources?.length) faults.push(required(`${path}.resources`));
  if (scope !== undefined && !SCOPES.includes(scope)) faults.push(notSupported(`${path}.scope`, scope, SCOPES));
  return faults;
}

function starFaults(list: string[] | undefined, path: string, what: string): FieldError[] {
  if (!list?.length) return [required(path)];
  return list.length > 1 && list.includes('*') ? [invalid(path, list, `if '*' is present, must not specify other ${what}`)] : [];
}

/** `path` is that of the list. */
export function matchConditionFaults(conditions: Named[] | undefined, environment: Environment, path: string): FieldError[] {
  const faults: FieldError[] = [];
  const names = new Set<string>();
  for (const [i, condition] of (conditions ?? []).entries()) {
    const { name = '', expression = '' } = condition;
    if (!expression.trim()) faults.push(required(`${path}[${i}].expression`));
    else {
      const { fault } = conditionProgram(environment, condition);
      if (fault) faults.push(invalid(`${path}[${i}].expression`, expression, fault));
    }
    if (!name) faults.push(required(`${path}[${i}].name`));
    else {
      faults.push(...invalidEach(`${path}[${i}].name`, name, qualifiedName(name)));
      if (names.has(name)) faults.push(duplicate(`${path}[${i}].name`, name));
      names.add(name);
    }
  }
  if ((conditions?.length ?? 0) > MAX_CONDITIONS) {
    faults.push({ field: path, type: 'tooMany', value: conditions?.length, detail: `must have at most ${MAX_CONDITIONS} items` });
  }
  return faults;
}
