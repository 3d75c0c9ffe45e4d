import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { realClock } from '../../types/part/clock.ts';
import { ensurePki, type Pki } from '../pki/pki.ts';
import { createAuthenticate } from './authenticate.ts';
import { createAuthorizer } from './authorizer.ts';
import { type FakeSource, fakeSource } from './fake-source.ts';
import { impersonate } from './impersonate.ts';
import { createServiceAccountTokens, type ServiceAccountTokens } from './service-account-tokens.ts';
import { parseTokens, readTokenFile } from './static-tokens.ts';
import type { UserInfo } from './user.ts';

describe('token file', () => {
  test('users, groups and quotes', () => {
    const users = parseTokens('t1,alice,1\n\nt2,"bob, jr",2,"a,b"\n');
    expect(users.get('t1')).toEqual({ name: 'alice', uid: '1', groups: ['system:authenticated'] });
    expect(users.get('t2')).toEqual({ name: 'bob, jr', uid: '2', groups: ['a', 'b', 'system:authenticated'] });
  });
  test.each([
    ['t1,alice', 'line 1 must have at least 3 columns (token, user name, user uid), found 2'],
    ['t1,alice,1\n,bob,2', 'line 2 has an empty token'],
    ['t1,alice,1,a,b', 'line 1 has more than 4 columns'],
    ['t1,alice,1,"a', 'line 1 has a stray quotation mark'],
    ['t1,alice,1\nt1,bob,2', 'line 2 repeats a token'],
  ])('%j', (text, message) => {
    expect(() => parseTokens(text)).toThrow(message);
  });
  test('a file that is not there', () => {
    expect(() => readTokenFile('/nonexistent/tokens.csv')).toThrow('cannot read the token file /nonexistent/tokens.csv');
  });
});

describe('over TLS', () => {
  let pki: Pki;
  let dir: string;
  let port: number;
  let server: ReturnType<typeof createServer>;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kumulus-auth-'));
    pki = await ensurePki(dir, { hosts: [], clock: realClock });
    writeFileSync(join(dir, 'tokens.csv'), 'secret,alice,1\n');
    const authenticate = createAuthenticate({ staticTokens: readTokenFile(join(dir, 'tokens.csv')), anonymous: true });
    const options = { cert: pki.server.cert, key: pki.server.key, ca: pki.ca.cert, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, async (req, res) => {
      res.end(JSON.stringify((await authenticate(req)) ?? 'unauthorized'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });
  const ask = (options: object) =>
    new Promise<unknown>((resolve, reject) => {
      const req = request({ port, host: '127.0.0.1', ca: pki.ca.cert, agent: false, ...options }, (res) => {
        let text = '';
        res.on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(JSON.parse(text)));
      });
      req.on('error', reject);
      req.end();
    });

  test('a certificate', async () => {
    const { cert, key } = pki.clients.admin;
    expect(await ask({ cert, key })).toEqual({ name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] });
  });
  test("a certificate of somebody else's CA", async () => {
    const other = await ensurePki(join(dir, 'other'), { hosts: [], clock: realClock });
    const { cert, key } = other.clients.admin;
    expect(await ask({ cert, key })).toBe('unauthorized');
  });
  test.each([
    ['Bearer secret', { name: 'alice', uid: '1', groups: ['system:authenticated'] }],
    ['Bearer wrong', 'unauthorized'],
    ['Bearer ', { name: 'system:anonymous', groups: ['system:unauthenticated'] }],
    ['Basic YTpi', { name: 'system:anonymous', groups: ['system:unauthenticated'] }],
  ])('%s', async (authorization, expected) => {
    expect(await ask({ headers: { authorization } })).toEqual(expected);
  });
});

describe('ServiceAccount tokens', () => {
  let now = 1_800_000_000_000;
  let source: FakeSource;
  let tokens: ServiceAccountTokens;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'https://kubernetes.default.svc';
  beforeEach(() => {
    now = 1_800_000_000_000;
    source = fakeSource();
    source.put('serviceaccounts', { metadata: { namespace: 'x', name: 'sa', uid: 'u1' } });
    source.put('pods', { metadata: { namespace: 'x', name: 'p', uid: 'p1' } });
    tokens = createServiceAccountTokens({ key: privateKey, issuer, source, clock: { ...realClock, now: () => now } });
  });
  const issue = (more: object = {}) =>
    tokens.issue({
      namespace: 'x',
      serviceAccount: { name: 'sa', uid: 'u1' },
      audiences: [issuer],
      id: 'j1',
      expires: now / 1000 + 3600,
      notBefore: now / 1000,
      ...more,
    });

  test('say who it is', async () => {
    expect(await tokens.verify(await issue())).toEqual({
      audiences: [issuer],
      user: {
        name: 'system:serviceaccount:x:sa',
        uid: 'u1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:x', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': ['JTI=j1'] },
      },
    });
  });
  test('are the same user each time', async () => {
    const token = await issue();
    const [first, second] = [await tokens.verify(token), await tokens.verify(token)];
    expect(first && 'user' in first && first.user).toBe(second && 'user' in second && second.user);
  });
  test('end', async () => {
    const token = await issue();
    now += 3_600_000;
    expect(await tokens.verify(token)).toEqual({ error: 'service account token has expired' });
  });
  test('end with their account', async () => {
    const token = await issue();
    source.put('serviceaccounts', { metadata: { namespace: 'x', name: 'sa', uid: 'u2' } });
    expect(await tokens.verify(token)).toHaveProperty('error');
  });
  test('end with the pod they are bound to', async () => {
    const token = await issue({ bound: { kind: 'pod', name: 'p', uid: 'p1' } });
    expect(await tokens.verify(token)).toHaveProperty(
      'user.extra',
      expect.objectContaining({ 'authentication.kubernetes.io/pod-name': ['p'] }),
    );
    source.remove('pods', 'x/p');
    expect(await tokens.verify(token)).toEqual({ error: 'service account token has been invalidated' });
  });
  test('are for an audience', async () => {
    expect(await tokens.verify(await issue({ audiences: ['other'] }))).toHaveProperty('error');
    expect(await tokens.verify(await issue({ audiences: ['other'] }), ['other'])).toHaveProperty('user');
  });
  test.each(['nonsense', 'a.b.c', 'eyJhbGciOiJSUzI1NiJ9.e30.x', 'eyJhbGciOiJub25lIn0.e30.'])('are no %s', async (token) => {
    expect(await tokens.verify(token)).toBeUndefined();
  });
  test('are signed by an RSA key that somebody put there', async () => {
    const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    tokens = createServiceAccountTokens({ key, issuer, source, clock: { ...realClock, now: () => now } });
    const token = await issue();
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ alg: 'RS256' });
    expect(await tokens.verify(token)).toHaveProperty('user.name', 'system:serviceaccount:x:sa');
  });
  test('are not changed', async () => {
    const [head, , signature] = (await issue()).split('.');
    const forged = Buffer.from(JSON.stringify({ iss: issuer })).toString('base64url');
    expect(await tokens.verify(`${head}.${forged}.${signature}`)).toBeUndefined();
  });
});

describe('impersonation', () => {
  const root: UserInfo = { name: 'root', groups: ['system:masters'] };
  const act = (raw: string[], user = root) => {
    const headers = Object.fromEntries(raw.flatMap((text, i) => (i % 2 === 0 ? [[text.toLowerCase(), raw[i + 1]]] : [])));
    return impersonate(headers, raw, user, createAuthorizer(fakeSource()));
  };
  test('nobody', () => expect(act([])).toBe(root));
  test('user, groups, uid and extra', () => {
    const raw = ['Impersonate-User', 'u', 'Impersonate-Group', 'g1', 'Impersonate-Group', 'g2', 'Impersonate-Uid', '42'];
    expect(act([...raw, 'Impersonate-Extra-example.com%2fkey', 'b'])).toEqual({
      name: 'u',
      uid: '42',
      groups: ['g1', 'g2', 'system:authenticated'],
      extra: { 'example.com/key': ['b'] },
    });
  });
  test('a ServiceAccount', () => {
    expect(act(['Impersonate-User', 'system:serviceaccount:x:sa']).groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:x',
      'system:authenticated',
    ]);
  });
  test('anonymous', () => expect(act(['Impersonate-User', 'system:anonymous']).groups).toEqual(['system:unauthenticated']));
  test('without a user', () => {
    expect(() => act(['Impersonate-Group', 'g'])).toThrow(
      'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"g"}, Extra:map[string][]string(nil)} without impersonating a user name',
    );
  });
  test('has to be allowed', () => {
    expect(() => act(['Impersonate-User', 'bob'], { name: 'alice', groups: [] })).toThrow(
      'users "bob" is forbidden: User "alice" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });
});
