/**
 * The roles and bindings that every cloud begins with: Kubernetes' default policy (k8s.io/kubernetes, bootstrappolicy), except the roles of
 * its controllers, which share one here; and the roles of Kumulus' own parts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AnyObject } from '../../../types/wire.ts';
import { RBAC_GROUP, type Subject } from '../rbac-objects.ts';
import type { PolicyRule } from '../rules.ts';
import { COMPONENTS, KUMULUS } from './components.ts';
import { ADDED_TO, AGGREGATED, PEOPLE } from './people.ts';
import { READ, rule } from './rule.ts';

const LABEL = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const API_VERSION = `${RBAC_GROUP}/v1`;

const user = (name: string): Subject => ({ kind: 'User', apiGroup: RBAC_GROUP, name });
const group = (name: string): Subject => ({ kind: 'Group', apiGroup: RBAC_GROUP, name });
const account = (namespace: string, name: string): Subject => ({ kind: 'ServiceAccount', namespace, name });

/** Name of the binding, of the cluster role, and whom it is for. */
const CLUSTER_BINDINGS: [name: string, role: string, subjects: Subject[]][] = [
  ['cluster-admin', 'cluster-admin', [group('system:masters')]],
  ['system:monitoring', 'system:monitoring', [group('system:monitoring')]],
  ['system:discovery', 'system:discovery', [group('system:authenticated')]],
  ['system:basic-user', 'system:basic-user', [group('system:authenticated')]],
  ['system:public-info-viewer', 'system:public-info-viewer', [group('system:authenticated'), group('system:unauthenticated')]],
  ['system:node-proxier', 'system:node-proxier', [user('system:kube-proxy')]],
  ['system:kube-controller-manager', 'system:kube-controller-manager', [user('system:kube-controller-manager')]],
  ['system:kube-dns', 'system:kube-dns', [account('kube-system', 'kube-dns')]],
  ['system:kube-scheduler', 'system:kube-scheduler', [user('system:kube-scheduler')]],
  ['system:volume-scheduler', 'system:volume-scheduler', [user('system:kube-scheduler')]],
  ['system:node', 'system:node', []],
  ['system:service-account-issuer-discovery', 'system:service-account-issuer-discovery', [group('system:serviceaccounts')]],
  ['system:kumulus:controllers', 'system:kumulus:controllers', [user('system:kube-controller-manager')]],
  ['system:kumulus:scheduler', 'system:kumulus:scheduler', [user('system:kube-scheduler')]],
  ['system:kumulus:nodes', 'system:kumulus:nodes', [user('system:kumulus:nodes')]],
  ['system:kumulus:mesh', 'system:kumulus:mesh', [user('system:kumulus:mesh')]],
];

const leaderLock = (name: string): PolicyRule[] => [rule('watch', 'core', 'configmaps'), rule('get update', 'core', 'configmaps', name)];

const ROLES: [namespace: string, name: string, rules: PolicyRule[]][] = [
  ['kube-system', 'extension-apiserver-authentication-reader', [rule(READ, 'core', 'configmaps', 'extension-apiserver-authentication')]],
  ['kube-system', 'system:controller:bootstrap-signer', [rule(READ, 'core', 'secrets')]],
  ['kube-system', 'system:controller:cloud-provider', [rule('create get list watch', 'core', 'configmaps')]],
  ['kube-system', 'system:controller:token-cleaner', [rule('delete get list watch', 'core', 'secrets')]],
  ['kube-system', 'system::leader-locking-kube-controller-manager', leaderLock('kube-controller-manager')],
  ['kube-system', 'system::leader-locking-kube-scheduler', leaderLock('kube-scheduler')],
  [
    'kube-public',
    'system:controller:bootstrap-signer',
    [rule(READ, 'core', 'configmaps'), rule('update', 'core', 'configmaps', 'cluster-info')],
  ],
];

const BINDINGS: [namespace: string, role: string, subjects: Subject[]][] = [
  ['kube-system', 'system:controller:bootstrap-signer', [account('kube-system', 'bootstrap-signer')]],
  ['kube-system', 'system:controller:cloud-provider', [account('kube-system', 'cloud-provider')]],
  ['kube-system', 'system:controller:token-cleaner', [account('kube-system', 'token-cleaner')]],
  [
    'kube-system',
    'system::leader-locking-kube-controller-manager',
    [user('system:kube-controller-manager'), account('kube-system', 'kube-controller-manager')],
  ],
  ['kube-system', 'system::leader-locking-kube-scheduler', [user('system:kube-scheduler'), account('kube-system', 'kube-scheduler')]],
  ['kube-public', 'system:controller:bootstrap-signer', [account('kube-system', 'bootstrap-signer')]],
];

/** ClusterRoles, ClusterRoleBindings, Roles, RoleBindings, in this order; the last two live in kube-system and kube-public. */
export function defaultPolicy(): AnyObject[] {
  const plain = Object.entries({ ...PEOPLE, ...COMPONENTS, ...KUMULUS }).map(([name, rules]) => clusterRole(name, { rules }));
  const sums = Object.entries(AGGREGATED).map(([name, label]) =>
    clusterRole(name, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] }, rules: null }),
  );
  const bindings = CLUSTER_BINDINGS.map(([name, role, subjects]) => ({
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    ...(subjects.length > 0 ? { subjects } : {}),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role },
  }));
  const roles = ROLES.map(([namespace, name, rules]) => ({
    apiVersion: API_VERSION,
    kind: 'Role',
    metadata: metadata(name, namespace),
    rules,
  }));
  const local = BINDINGS.map(([namespace, name, subjects]) => ({
    apiVersion: API_VERSION,
    kind: 'RoleBinding',
    metadata: metadata(name, namespace),
    subjects,
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name },
  }));
  return [...plain, ...sums, ...bindings, ...roles, ...local];
}

function clusterRole(name: string, rest: object): AnyObject {
  const made = { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: metadata(name), ...rest };
  const label = ADDED_TO[name];
  if (label) made.metadata.labels = { ...made.metadata.labels, [label]: 'true' };
  return made;
}

function metadata(name: string, namespace?: string) {
  const labels: Record<string, string> = { ...LABEL };
  return { name, ...(namespace ? { namespace } : {}), labels, annotations: { [AUTOUPDATE]: 'true' } };
}

/**
 * What a stored object of the policy has to become at a start: rules and subjects that were taken away come back, what was added stays.
 * undefined: nothing to do, or the object's owner has turned this off by the annotation.
 */
export function reconcilePolicy(stored: AnyObject, wanted: AnyObject): AnyObject | undefined {
  if (stored.metadata?.annotations?.[AUTOUPDATE] === 'false') return undefined;
  const merged = { ...stored };
  for (const field of ['rules', 'subjects']) {
    const lacking = listOf(wanted[field]).filter((one) => !listOf(stored[field]).some((held) => isDeepStrictEqual(held, one)));
    if (lacking.length > 0) merged[field] = [...listOf(stored[field]), ...lacking];
  }
  return isDeepStrictEqual(merged, stored) ? undefined : merged;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
