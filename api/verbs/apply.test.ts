/** Server-side apply over HTTP: what the pure parts can't show, and the recorded answers of a kube-apiserver. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.ts';
import { ADMIN_TOKEN, ALICE_TOKEN, startTestApi, type TestApi } from '../testing.ts';
import { parseConfig } from './apply.ts';

const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const MERGE = { 'content-type': 'application/merge-patch+json' };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ flags: { 'disable-admission-plugins': ['ServiceAccount'] } });
});
afterAll(async () => {
  await api?.stop();
});

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => ask(api, method, path, body, headers);

const deployment = (name: string, spec: Record<string, unknown> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    ...spec,
  },
});

describe('server-side apply', () => {
  test('creates, then keeps what others have added to shared lists', async () => {
    const path = `${DEPLOYMENTS}/a?fieldManager=m1`;
    expect((await call('PATCH', path, deployment('a'), APPLY)).status).toBe(201);
    const sidecar = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } };
    const spec = { template: { spec: { containers: [{ name: 's', image: 'side' }] } } };
    expect((await call('PATCH', `${DEPLOYMENTS}/a?fieldManager=m2`, { ...sidecar, spec }, APPLY)).status).toBe(200);
    const again = await call('PATCH', path, deployment('a', { replicas: 2 }), APPLY);
    expect(again.body.spec.template.spec.containers.map((c: { name: string }) => c.name)).toEqual(['c', 's']);
    expect(again.body.metadata.generation).toBe(3);
  });

  test('of the status is owned apart from the rest, whose owners an update of the status does not touch', async () => {
    await call('POST', `${DEPLOYMENTS}?fieldManager=creator`, deployment('b'));
    const status = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'b' }, status: { replicas: 1 } };
    const applied = await call('PATCH', `${DEPLOYMENTS}/b/status?fieldManager=controller`, status, APPLY);
    const shown = applied.body.metadata.managedFields.map((e: Record<string, string>) => [e.manager, e.operation, e.subresource]);
    expect(shown).toEqual([
      ['controller', 'Apply', 'status'],
      ['creator', 'Update', undefined],
    ]);
  });

  test('by a new value of a Scale takes the replicas from who has them', async () => {
    await call('PATCH', `${DEPLOYMENTS}/c?fieldManager=m1`, deployment('c', { replicas: 1 }), APPLY);
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'c' }, spec: { replicas: 3 } };
    const refused = await call('PATCH', `${DEPLOYMENTS}/c/scale?fieldManager=m2`, scale, APPLY);
    expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "m1": .spec.replicas');
    expect((await call('PATCH', `${DEPLOYMENTS}/c/scale?fieldManager=m2&force=true`, scale, APPLY)).body.spec.replicas).toBe(3);
    const after = await call('PATCH', `${DEPLOYMENTS}/c?fieldManager=m1`, deployment('c', { replicas: 1 }), APPLY);
    expect(after.body.message).toBe('Apply failed with 1 conflict: conflict with "m2" with subresource "scale": .spec.replicas');
  });

  test('takes YAML, and refuses what is no object', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\ndata:\n  k: "1"\n';
    expect(await parseConfig(Buffer.from(yaml))).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', data: { k: '1' } });
    for (const text of ['[', '[]', '"x"', 'a: {']) await expect(parseConfig(Buffer.from(text))).rejects.toThrow('error decoding YAML');
  });

  test('patches leave the owners of what they do not mention', async () => {
    const path = '/api/v1/namespaces/default/configmaps/z';
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'z' }, data: { k: '1' } };
    await call('PATCH', `${path}?fieldManager=m1`, body, APPLY);
    const patched = await call('PATCH', `${path}?fieldManager=m2`, { data: { l: '2' } }, MERGE);
    expect(patched.body.metadata.managedFields.map((e: { manager: string }) => e.manager).sort()).toEqual(['m1', 'm2']);
    const same = await call('PATCH', `${path}?fieldManager=m2`, { data: { l: '2' } }, MERGE);
    expect(same.body.metadata.resourceVersion).toBe(patched.body.metadata.resourceVersion);
  });
});

const GOLDEN = join(import.meta.dirname, '../../../shared/golden');

describe.skipIf(!existsSync(join(GOLDEN, 'golden.mjs')))(
  'as kube-apiserver answered (../shared/golden, skipped where it is absent)',
  () => {
    test('every recorded case of server-side apply', async () => {
      const dir = await mkdtemp(join(tmpdir(), 'kumulus-golden-'));
      const [ca, tokens] = [join(dir, 'ca.crt'), join(dir, 'tokens.json')];
      await writeFile(ca, api.tokenConnection.ca);
      await writeFile(tokens, JSON.stringify({ admin: ADMIN_TOKEN, alice: ALICE_TOKEN }));
      const options = ['--server', api.url, '--ca', ca, '--tokens', tokens, '--area', 'server-side-apply', '--json'];
      const runner = [join(GOLDEN, 'golden.mjs'), 'check', ...options, join(GOLDEN, 'cases-public')];
      // The runner's exit code says whether a case has failed; its output says which.
      const { stdout } = await promisify(execFile)(process.execPath, runner).catch((error: { stdout: string }) => error);
      await rm(dir, { recursive: true });
      expect(JSON.parse(stdout).areas['server-side-apply']).toMatchObject({ failed: 0, failing: [] });
    }, 60_000);
  },
);
