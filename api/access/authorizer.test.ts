import { beforeEach, describe, expect, test } from 'vitest';
import type { AnyObject } from '../../types/wire.ts';
import { type Attributes, forbiddenError, NOTHING } from './attributes.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';
import { checkGrant } from './escalation.ts';
import { type FakeSource, fakeSource } from './fake-source.ts';
import { RESOURCES, type Subject } from './rbac-objects.ts';
import type { PolicyRule } from './rules.ts';
import type { UserInfo } from './user.ts';

let source: FakeSource;
let authorizer: Authorizer;
beforeEach(() => {
  source = fakeSource();
  authorizer = createAuthorizer(source);
});

const alice: UserInfo = { name: 'alice', groups: ['devs', 'system:authenticated'] };
const ALICE: Subject = { kind: 'User', name: 'alice' };

const role = (name: string, rules: PolicyRule[], namespace = 'x') =>
  source.put(RESOURCES.roles, { kind: 'Role', metadata: { namespace, name }, rules });
const clusterRole = (name: string, rules: PolicyRule[]) =>
  source.put(RESOURCES.clusterRoles, { kind: 'ClusterRole', metadata: { name }, rules });
const bind = (name: string, roleRef: string, subject: Subject, namespace = 'x') =>
  source.put(RESOURCES.roleBindings, { metadata: { namespace, name }, roleRef: ref(roleRef), subjects: [subject] });
const bindCluster = (name: string, roleRef: string, subject: Subject) =>
  source.put(RESOURCES.clusterRoleBindings, { metadata: { name }, roleRef: ref(roleRef), subjects: [subject] });
const ref = (text: string) => {
  const [kind = '', name = ''] = text.split('/');
  return { apiGroup: 'rbac.authorization.k8s.io', kind, name };
};
const ask = (verb: string, resource: string, more: Partial<Attributes> = {}): Attributes => {
  const [plural = '', subresource = ''] = resource.split('/');
  return { ...NOTHING, verb, resource: plural, subresource, namespace: 'x', version: 'v1', ...more };
};
const path = (verb: string, text: string): Attributes => ({ ...NOTHING, isResource: false, verb, path: text });
const allowed = (attributes: Attributes, user = alice) => authorizer.authorize(user, attributes).allowed;

describe('what a rule covers', () => {
  test.each<[string, PolicyRule, Attributes, boolean]>([
    ['the verb', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, ask('get', 'pods'), true],
    ['no other verb', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, ask('list', 'pods'), false],
    ['no other group', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, ask('get', 'pods', { group: 'apps' }), false],
    ['wildcards', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, ask('get', 'pods/log', { group: 'apps' }), true],
    ['no subresource', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, ask('get', 'pods/log'), false],
    ['a subresource', { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }, ask('get', 'pods/log'), true],
    ['a subresource of all', { verbs: ['get'], apiGroups: [''], resources: ['*/scale'] }, ask('get', 'pods/scale'), true],
    ['a name', { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] }, ask('get', 'pods', { name: 'a' }), true],
    [
      'no other name',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      ask('get', 'pods', { name: 'b' }),
      false,
    ],
    [
      'not all when names are given',
      { verbs: ['list'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      ask('list', 'pods'),
      false,
    ],
    ['no path', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, path('get', '/metrics'), false],
    ['a path', { verbs: ['get'], nonResourceURLs: ['/metrics'] }, path('get', '/metrics'), true],
    ['a path pattern', { verbs: ['get'], nonResourceURLs: ['/healthz/*'] }, path('get', '/healthz/ping'), true],
    ['no other path', { verbs: ['get'], nonResourceURLs: ['/healthz/*'] }, path('get', '/healthz'), false],
  ])('%s', (_, rule, attributes, expected) => {
    clusterRole('r', [rule]);
    bindCluster('b', 'ClusterRole/r', ALICE);
    expect(allowed(attributes)).toBe(expected);
  });
});

describe('who a binding is for', () => {
  const account: UserInfo = { name: 'system:serviceaccount:x:sa', groups: ['system:serviceaccounts'] };
  test.each<[string, Subject, UserInfo, boolean]>([
    ['user', ALICE, alice, true],
    ['other user', { kind: 'User', name: 'bob' }, alice, false],
    ['group', { kind: 'Group', name: 'devs' }, alice, true],
    ['a group is no user', { kind: 'Group', name: 'alice' }, alice, false],
    ['account', { kind: 'ServiceAccount', name: 'sa', namespace: 'x' }, account, true],
    ["account of the binding's namespace", { kind: 'ServiceAccount', name: 'sa' }, account, true],
    ['account elsewhere', { kind: 'ServiceAccount', name: 'sa', namespace: 'y' }, account, false],
  ])('%s', (_, subject, user, expected) => {
    role('r', [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]);
    bind('b', 'Role/r', subject);
    expect(allowed(ask('get', 'pods'), user)).toBe(expected);
    expect(allowed(ask('get', 'pods', { namespace: 'y' }), user)).toBe(false);
    expect(allowed(ask('get', 'pods', { namespace: '' }), user)).toBe(false);
  });
});

test('system:masters need no role', () => {
  expect(allowed(ask('delete', 'nodes'), { name: 'root', groups: ['system:masters'] })).toBe(true);
});

test('decisions follow changes of roles and bindings', () => {
  const question = ask('get', 'pods', { name: 'a' });
  expect(allowed(question)).toBe(false);
  clusterRole('r', []);
  bind('b', 'ClusterRole/r', ALICE);
  expect(allowed(question)).toBe(false);
  clusterRole('r', [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]);
  expect(allowed(question)).toBe(true);
  source.remove(RESOURCES.roleBindings, 'x/b');
  expect(allowed(question)).toBe(false);
});

describe('words', () => {
  test.each<[Attributes, string]>([
    [ask('list', 'pods'), 'pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "x"'],
    [
      ask('get', 'deployments/scale', { group: 'apps', name: 'web' }),
      'deployments.apps "web" is forbidden: User "alice" cannot get resource "deployments/scale" in API group "apps" in the namespace "x"',
    ],
    [
      ask('list', 'nodes', { namespace: '' }),
      'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [path('get', '/metrics'), 'forbidden: User "alice" cannot get path "/metrics"'],
  ])('%#', (attributes, expected) => {
    expect(forbiddenError(attributes, authorizer.authorize(alice, attributes).reason).status.message).toBe(expected);
  });

  test('a missing role is named', () => {
    bind('b', 'Role/none', ALICE);
    expect(authorizer.authorize(alice, ask('list', 'pods'))).toMatchObject({
      allowed: false,
      detail: 'RBAC: role.rbac.authorization.k8s.io "none" not found',
    });
  });

  test('a permission names its binding', () => {
    role('r', [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]);
    bind('b', 'Role/r', ALICE);
    expect(authorizer.authorize(alice, ask('get', 'pods')).detail).toBe('RBAC: allowed by RoleBinding "b/x" of Role "r" to User "alice"');
  });
});

describe('granting', () => {
  const grants = (object: object, before?: object) => () =>
    checkGrant(authorizer, alice, object as AnyObject, before as AnyObject | undefined);
  const asked = (rules: PolicyRule[]) => ({ kind: 'Role', metadata: { namespace: 'x', name: 'new' }, rules });
  beforeEach(() => {
    role('held', [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'] }]);
    role('strong', [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }]);
    bind('b', 'Role/held', ALICE);
  });

  test('what one holds', () => {
    expect(grants(asked([{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }]))).not.toThrow();
  });
  test('more than one holds', () => {
    expect(grants(asked([{ verbs: ['get', 'watch'], apiGroups: [''], resources: ['configmaps', 'secrets'] }]))).toThrow(
      'roles.rbac.authorization.k8s.io "new" is forbidden: user "alice" (groups=["devs" "system:authenticated"]) is attempting to grant ' +
        'RBAC permissions not currently held:\n{APIGroups:[""], Resources:["configmaps"], Verbs:["watch"]}\n' +
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "watch"]}',
    );
  });
  test('an update that leaves the rules alone', () => {
    const wide = asked([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
    expect(grants({ ...wide, metadata: { ...wide.metadata, labels: { a: 'b' } } }, wide)).not.toThrow();
  });
  const binding = (name: string) => ({
    kind: 'RoleBinding',
    metadata: { namespace: 'x', name: 'rb' },
    roleRef: ref(`Role/${name}`),
    subjects: [ALICE],
  });
  test('a binding to more than one holds', () => {
    expect(grants(binding('held'))).not.toThrow();
    expect(grants(binding('strong'))).toThrow('{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}');
    expect(grants(binding('none'))).toThrow('rolebindings.rbac.authorization.k8s.io "none" not found');
  });
  test('with the verbs escalate and bind', () => {
    const rbac = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] };
    role('powers', [
      { ...rbac, verbs: ['escalate'] },
      { ...rbac, verbs: ['bind'], resourceNames: ['strong'] },
    ]);
    bind('b2', 'Role/powers', ALICE);
    expect(grants(asked([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]))).not.toThrow();
    expect(grants(binding('strong'))).not.toThrow();
  });
});
