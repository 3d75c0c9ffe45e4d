/** Roles and their bindings. */
import type { V1ClusterRole, V1PolicyRule, V1RoleBinding } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import { dns1123Subdomain, pathSegment } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { invalid, invalidEach, notSupported, required } from '../field-error.ts';
import { labelSelectorFaults } from '../rules/selectors.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type ClusterRole = Wire<V1ClusterRole>;
type Binding = Wire<V1RoleBinding>;

const RBAC = 'rbac.authorization.k8s.io';

const roleFaults =
  (namespaced: boolean) =>
  (object: object): FieldError[] => {
    const { rules, aggregationRule } = object as ClusterRole;
    const faults = (rules ?? []).flatMap((rule, i) => ruleFaults(rule, namespaced, `rules[${i}]`));
    if (!aggregationRule) return faults;
    const at = 'aggregationRule.clusterRoleSelectors';
    const selectors = aggregationRule.clusterRoleSelectors ?? [];
    if (selectors.length === 0) return [...faults, required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
    return [...faults, ...selectors.flatMap((selector, i) => labelSelectorFaults(selector, `${at}[${i}]`))];
  };

function ruleFaults(rule: Wire<V1PolicyRule>, namespaced: boolean, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (!verbs?.length) faults.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    if (namespaced) faults.push(invalid(`${at}.nonResourceURLs`, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      faults.push(invalid(`${at}.nonResourceURLs`, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
    }
    return faults;
  }
  if (apiGroups.length === 0) faults.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0) faults.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  return faults;
}

export const roleStrategy: Strategy = { validate: roleFaults(true), validateUpdate: roleFaults(true) };
export const clusterRoleStrategy: Strategy = { validate: roleFaults(false), validateUpdate: roleFaults(false) };

const bindingStrategy = (namespaced: boolean): Strategy => ({
  validate: (object) => bindingFaults(object as Binding, namespaced),
  validateUpdate(object, before) {
    const { roleRef } = object as Binding;
    const faults = bindingFaults(object as Binding, namespaced);
    if (semanticallyEqual(roleRef, (before as Binding).roleRef)) return faults;
    const shown = { APIGroup: roleRef.apiGroup, Kind: roleRef.kind, Name: roleRef.name };
    return [...faults, invalid('roleRef', shown, 'cannot change roleRef')];
  },
});

export const roleBindingStrategy = bindingStrategy(true);
export const clusterRoleBindingStrategy = bindingStrategy(false);

function bindingFaults({ roleRef, subjects }: Binding, namespaced: boolean): FieldError[] {
  const faults: FieldError[] = [];
  const { apiGroup = '', kind = '', name = '' } = roleRef ?? {};
  if (apiGroup !== RBAC) faults.push(notSupported('roleRef.apiGroup', apiGroup, [RBAC]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind)) faults.push(notSupported('roleRef.kind', kind, kinds));
  if (!name) faults.push(required('roleRef.name'));
  else faults.push(...invalidEach('roleRef.name', name, pathSegment(name)));
  for (const [i, subject] of (subjects ?? []).entries()) faults.push(...subjectFaults(subject, namespaced, `subjects[${i}]`));
  return faults;
}

type Subject = NonNullable<Binding['subjects']>[number];

function subjectFaults({ kind, name, namespace, apiGroup = '' }: Subject, inNamespace: boolean, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (!name) faults.push(required(`${at}.name`));
  if (kind === 'ServiceAccount') {
    if (name) faults.push(...invalidEach(`${at}.name`, name, dns1123Subdomain(name)));
    if (apiGroup !== '') faults.push(notSupported(`${at}.apiGroup`, apiGroup, ['']));
    // In a namespace the binding's own is meant.
    if (!inNamespace && !namespace) faults.push(required(`${at}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC) faults.push(notSupported(`${at}.apiGroup`, apiGroup, [RBAC]));
  } else faults.push(notSupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  return faults;
}
