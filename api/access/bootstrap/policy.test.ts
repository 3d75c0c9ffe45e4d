import { expect, test } from 'vitest';
import { NOTHING } from '../attributes.ts';
import { createAuthorizer } from '../authorizer.ts';
import { fakeSource } from '../fake-source.ts';
import { RESOURCES } from '../rbac-objects.ts';
import type { UserInfo } from '../user.ts';
import { defaultPolicy, reconcilePolicy } from './policy.ts';

const WHERE: Record<string, string> = {
  Role: RESOURCES.roles,
  ClusterRole: RESOURCES.clusterRoles,
  RoleBinding: RESOURCES.roleBindings,
  ClusterRoleBinding: RESOURCES.clusterRoleBindings,
};
const source = fakeSource();
for (const object of defaultPolicy()) source.put(WHERE[object.kind ?? ''] ?? '', object);
const authorizer = createAuthorizer(source);

const known = (name: string): UserInfo => ({ name, groups: ['system:authenticated'] });

test.each<[user: string, verb: string, resource: string, allowed: boolean]>([
  ['alice', 'create', 'selfsubjectaccessreviews.authorization.k8s.io', true],
  ['alice', 'list', 'pods', false],
  ['system:kube-scheduler', 'create', 'pods/binding', true],
  ['system:kube-scheduler', 'create', 'pods', false],
  ['system:kube-controller-manager', 'create', 'pods', true],
  ['system:kube-controller-manager', 'create', 'machines.cloud.kumulus.dev', true],
  ['system:kube-controller-manager', 'update', 'machinepools/status.cloud.kumulus.dev', true],
  ['system:kube-controller-manager', 'create', 'clusterrolebindings.rbac.authorization.k8s.io', false],
  ['system:kumulus:nodes', 'patch', 'pods/status', true],
  ['system:kumulus:nodes', 'create', 'pods', false],
  ['system:kumulus:mesh', 'patch', 'httproutes/status.gateway.networking.k8s.io', true],
  ['system:kumulus:mesh', 'get', 'secrets', false],
])('%s may %s %s: %s', (name, verb, text, allowed) => {
  const [path = '', ...rest] = text.split('.');
  const [resource = '', subresource = ''] = path.split('/');
  const attributes = { ...NOTHING, verb, resource, subresource, group: rest.join('.'), namespace: 'x' };
  expect(authorizer.authorize(known(name), attributes).allowed).toBe(allowed);
});

test('nobody known may ask whether the server lives, and no more', () => {
  const nobody: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  const path = (text: string) => authorizer.authorize(nobody, { ...NOTHING, isResource: false, verb: 'get', path: text }).allowed;
  expect([path('/healthz'), path('/version'), path('/metrics'), path('/api')]).toEqual([true, true, false, false]);
});

test('a restart brings back what was taken away and keeps what was added', () => {
  const wanted = defaultPolicy().find((object) => object.metadata?.name === 'system:basic-user' && object.kind === 'ClusterRole');
  if (!wanted) throw new Error('no such role');
  const [first, second] = wanted.rules as object[];
  const added = { verbs: ['get'], apiGroups: [''], resources: ['nodes'] };
  expect(reconcilePolicy({ ...wanted, rules: [first, added] }, wanted)?.rules).toEqual([first, added, second]);
  expect(reconcilePolicy({ ...wanted, rules: [first, second, added] }, wanted)).toBeUndefined();
  const off = { ...wanted.metadata, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } };
  expect(reconcilePolicy({ ...wanted, metadata: off, rules: [] }, wanted)).toBeUndefined();
});
