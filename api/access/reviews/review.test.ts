import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { realClock } from '../../../types/part/clock.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { createAuthenticateToken } from '../authenticate.ts';
import { createAuthorizer } from '../authorizer.ts';
import { type FakeSource, fakeSource } from '../fake-source.ts';
import { RESOURCES } from '../rbac-objects.ts';
import { createServiceAccountTokens } from '../service-account-tokens.ts';
import { requestToken } from '../token-request.ts';
import type { UserInfo } from '../user.ts';
import { handleReview, type ReviewContext } from './review.ts';

const alice: UserInfo = { name: 'alice', uid: 'a1', groups: ['system:authenticated'] };
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const issuer = 'https://kubernetes.default.svc';
let source: FakeSource;
let context: ReviewContext;
let tokens: ReturnType<typeof createServiceAccountTokens>;
beforeEach(() => {
  source = fakeSource();
  source.put(RESOURCES.roles, {
    metadata: { namespace: 'x', name: 'r' },
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }],
  });
  source.put(RESOURCES.roleBindings, {
    metadata: { namespace: 'x', name: 'rb' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'alice' }],
  });
  source.put('serviceaccounts', { metadata: { namespace: 'x', name: 'sa', uid: 'u1' } });
  tokens = createServiceAccountTokens({ key: privateKey, issuer, source, clock: realClock });
  const staticTokens = new Map([['secret', alice]]);
  context = {
    authorizer: createAuthorizer(source),
    authenticateToken: createAuthenticateToken({ staticTokens, serviceAccountTokens: tokens }),
    clock: realClock,
  };
});
const review = (kind: string, spec: object, metadata: object = {}, namespace = '') =>
  handleReview(kind, { kind, metadata, spec } as AnyObject, alice, namespace, context);
const asked = { namespace: 'x', verb: 'get', resource: 'configmaps' };
const GRANT = 'RBAC: allowed by RoleBinding "rb/x" of Role "r" to User "alice"';

test.each<[kind: string, spec: object, status: object]>([
  ['SelfSubjectAccessReview', { resourceAttributes: asked }, { allowed: true, reason: GRANT }],
  ['SelfSubjectAccessReview', { resourceAttributes: { ...asked, verb: 'list' } }, { allowed: false }],
  ['SelfSubjectAccessReview', { nonResourceAttributes: { path: '/metrics', verb: 'get' } }, { allowed: false }],
  ['SubjectAccessReview', { user: 'bob', resourceAttributes: asked }, { allowed: false }],
  ['SubjectAccessReview', { user: 'bob', groups: ['system:masters'], resourceAttributes: asked }, { allowed: true }],
  [
    'SelfSubjectRulesReview',
    { namespace: 'x' },
    { resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }], nonResourceRules: [], incomplete: false },
  ],
  [
    'TokenReview',
    { token: 'secret' },
    { authenticated: true, user: { username: 'alice', uid: 'a1', groups: alice.groups }, audiences: [issuer] },
  ],
  ['TokenReview', { token: 'wrong' }, { user: {}, error: 'invalid bearer token' }],
])('%s %j', async (kind, spec, status) => {
  expect((await review(kind, spec)).status).toEqual(status);
});

test('LocalSubjectAccessReview takes its namespace from the path', async () => {
  expect(await review('LocalSubjectAccessReview', { user: 'alice', resourceAttributes: asked }, {}, 'x')).toMatchObject({
    metadata: { namespace: 'x' },
    status: { allowed: true },
  });
});

test('SelfSubjectReview', async () => {
  expect((await review('SelfSubjectReview', {})).status).toEqual({ userInfo: { username: 'alice', uid: 'a1', groups: alice.groups } });
});

test.each<[kind: string, spec: object, message: string]>([
  [
    'SelfSubjectAccessReview',
    {},
    '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
  ],
  ['SubjectAccessReview', { resourceAttributes: asked }, 'spec.user: Invalid value: "": at least one of user or group must be specified'],
  ['SelfSubjectRulesReview', {}, 'no namespace on request'],
  ['TokenReview', {}, 'token is required for TokenReview in authentication'],
])('%s refuses %j', async (kind, spec, message) => {
  await expect(review(kind, spec)).rejects.toThrow(message);
});

test('a requested token is reviewed as its account', async () => {
  const account = source.get('serviceaccounts', 'x/sa') as AnyObject;
  const made = await requestToken(account, {}, { tokens, source, clock: realClock });
  expect(made).toMatchObject({ spec: { audiences: [issuer], expirationSeconds: 3600, boundObjectRef: null }, metadata: { uid: 'u1' } });
  const { token } = made.status as { token: string };
  expect((await review('TokenReview', { token })).status).toMatchObject({
    authenticated: true,
    user: { username: 'system:serviceaccount:x:sa' },
  });
  expect((await review('TokenReview', { token, audiences: ['other'] })).status).toEqual({
    user: {},
    error: `[invalid bearer token, token audiences ["${issuer}"] is invalid for the target audiences ["other"]]`,
  });
});

test.each<[spec: object, message: string]>([
  [{ expirationSeconds: 60 }, 'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes'],
  [{ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } }, 'pods "p" not found'],
  [{ expirationSeconds: 'x' }, 'spec.expirationSeconds has to be of type int64'],
  [{ audiences: 'x' }, 'spec.audiences has to be of type []string'],
  [{ boundObjectRef: { kind: 1 } }, 'spec.boundObjectRef.kind has to be of type string'],
  [{ boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'p' } }, 'cannot bind token to object of type /v1, Kind=ConfigMap'],
])('a token request %j is refused', async (spec, message) => {
  const account = source.get('serviceaccounts', 'x/sa') as AnyObject;
  await expect(requestToken(account, { spec }, { tokens, source, clock: realClock })).rejects.toThrow(message);
});
