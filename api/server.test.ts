/** The real server over both stores: what a client sees of create, read, watch, change and delete. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRedis } from '../store/redis/find.ts';
import { ask, watchLines } from './testing/ask.ts';
import { startTestApi, type TestApi } from './testing.ts';

const run = promisify(execFile);
const redis = await findRedis();
const NAMESPACE = '/api/v1/namespaces/default';

describe.each(['embedded', 'redis'] as const)('the API server on the %s store', (driver) => {
  const available = driver === 'embedded' || redis !== undefined;
  let api: TestApi;
  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => ask(api, method, path, body, headers);

  beforeAll(async () => {
    if (available) api = await startTestApi({ driver, flags: { 'disable-admission-plugins': ['ServiceAccount'] } });
  });
  afterAll(async () => {
    await api?.stop();
  });

  const configMap = (name: string, data: Record<string, string> = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  });
  const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }] } });

  test.runIf(available)('creates, reads, changes and deletes', async () => {
    const created = await call('POST', `${NAMESPACE}/configmaps`, configMap('a', { k: '1' }));
    expect(created.status).toBe(201);
    expect(created.body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect((await call('POST', `${NAMESPACE}/configmaps`, configMap('a'))).body.reason).toBe('AlreadyExists');

    const patched = await call(
      'PATCH',
      `${NAMESPACE}/configmaps/a`,
      { data: { l: '2' } },
      { 'content-type': 'application/merge-patch+json' },
    );
    expect(patched.body.data).toEqual({ k: '1', l: '2' });
    const stale = await call('PUT', `${NAMESPACE}/configmaps/a`, created.body);
    expect(stale.status).toBe(409);
    const same = await call('PUT', `${NAMESPACE}/configmaps/a`, patched.body);
    expect(same.body.metadata.resourceVersion).toBe(patched.body.metadata.resourceVersion);

    expect((await call('DELETE', `${NAMESPACE}/configmaps/a`)).body.status).toBe('Success');
    expect((await call('GET', `${NAMESPACE}/configmaps/a`)).status).toBe(404);
  });

  test.runIf(available)('keeps what has finalizers until the last is gone', async () => {
    const held = { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/f'] } };
    await call('POST', `${NAMESPACE}/configmaps`, held);
    const marked = await call('DELETE', `${NAMESPACE}/configmaps/held`);
    expect(marked.body.metadata.deletionTimestamp).toBeDefined();
    const freed = { metadata: { finalizers: null } };
    await call('PATCH', `${NAMESPACE}/configmaps/held`, freed, { 'content-type': 'application/merge-patch+json' });
    expect((await call('GET', `${NAMESPACE}/configmaps/held`)).status).toBe(404);
  });

  test.runIf(available)('watches from a list on, without a gap', async () => {
    const list = await call('GET', `${NAMESPACE}/configmaps?labelSelector=w=1`);
    const lines = watchLines(
      api,
      `${NAMESPACE}/configmaps?watch=1&labelSelector=w=1&resourceVersion=${list.body.metadata.resourceVersion}`,
    );
    await call('POST', `${NAMESPACE}/configmaps`, { ...configMap('w'), metadata: { name: 'w', labels: { w: '1' } } });
    await call('PATCH', `${NAMESPACE}/configmaps/w`, { data: { x: 'y' } }, { 'content-type': 'application/merge-patch+json' });
    const unlabel = { metadata: { labels: { w: null } } };
    await call('PATCH', `${NAMESPACE}/configmaps/w`, unlabel, { 'content-type': 'application/merge-patch+json' });
    const seen: string[] = [];
    for await (const event of lines) {
      seen.push(event.type);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  test.runIf(available)('pages through a list as of its first page', async () => {
    for (const name of ['p1', 'p2', 'p3'])
      await call('POST', `${NAMESPACE}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name } });
    const first = await call('GET', `${NAMESPACE}/secrets?limit=2`);
    await call('DELETE', `${NAMESPACE}/secrets/p3`);
    const second = await call('GET', `${NAMESPACE}/secrets?limit=2&continue=${first.body.metadata.continue}`);
    const names = [...first.body.items, ...second.body.items].map((item: { metadata: { name: string } }) => item.metadata.name);
    expect(names).toEqual(['p1', 'p2', 'p3']);
    expect(second.body.metadata.continue).toBeUndefined();
  });

  test.runIf(available)('binds a pod once', async () => {
    await call('POST', `${NAMESPACE}/pods`, pod('bound'));
    const binding = (node: string) => ({
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'bound' },
      target: { kind: 'Node', name: node },
    });
    expect((await call('POST', `${NAMESPACE}/pods/bound/binding`, binding('n1'))).status).toBe(201);
    expect((await call('POST', `${NAMESPACE}/pods/bound/binding`, binding('n2'))).status).toBe(409);
    const { body } = await call('GET', `${NAMESPACE}/pods/bound`);
    expect(body.spec.nodeName).toBe('n1');
    expect(body.status.conditions[0]).toMatchObject({ type: 'PodScheduled', status: 'True' });
  });

  test.runIf(available)('gives each Service an address of its own', async () => {
    const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } });
    const made = await Promise.all(['s1', 's2', 's3'].map((name) => call('POST', `${NAMESPACE}/services`, service(name))));
    const addresses = made.map((one) => one.body.spec.clusterIP);
    expect(new Set(addresses).size).toBe(3);
    const taken = { ...service('s4'), spec: { clusterIP: addresses[0], ports: [{ port: 80 }] } };
    expect((await call('POST', `${NAMESPACE}/services`, taken)).status).toBe(422);
    await call('DELETE', `${NAMESPACE}/services/s1`);
    expect((await call('POST', `${NAMESPACE}/services`, taken)).status).toBe(201);
  });

  test.runIf(available)('refuses what the user may not do', async () => {
    const refused = await ask({ ...api, tokenConnection: { ...api.connection } }, 'GET', `${NAMESPACE}/pods`);
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('User "alice" cannot list resource "pods"');
  });

  test.runIf(available)('serves kubectl', async () => {
    const kubectl = async (...args: string[]) =>
      (await run('kubectl', args, { env: { ...process.env, KUBECONFIG: api.kubeconfig } })).stdout;
    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2');
    await kubectl('scale', 'deployment', 'web', '--replicas=3');
    expect(await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
    expect(await kubectl('get', 'deployment', 'web')).toMatch(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE/);
    expect(await kubectl('delete', 'deployment', 'web')).toContain('deleted');
  });
});
