/** Two API servers on one Redis are one: what either acknowledged, both show, and nothing is given twice. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRedis } from '../store/redis/find.ts';
import { launchRedis, type RedisProcess } from '../store/redis/launch.ts';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { ask } from './testing/ask.ts';
import { startTestApi, type TestApi } from './testing.ts';

const NAMESPACE = '/api/v1/namespaces/default';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const found = await findRedis();

describe.runIf(found)('two servers on one store', () => {
  let dir: string;
  let redis: RedisProcess;
  let servers: [TestApi, TestApi];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kumulus-two-'));
    redis = await launchRedis({ directory: dir, clock: realClock, log: silentLog });
    const start = () => startTestApi({ driver: 'redis', redisUrl: redis.url });
    servers = await Promise.all([start(), start()]);
  });
  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.stop()));
    await redis?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  const each = <T>(count: number, run: (server: TestApi, i: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, i) => run(servers[i % 2] as TestApi, i)));

  test('a read by the one sees what the other has just acknowledged', async () => {
    const [a, b] = servers;
    for (let i = 0; i < 50; i++) {
      await ask(a, 'POST', `${NAMESPACE}/configmaps`, object(`c${i}`));
      expect((await ask(b, 'GET', `${NAMESPACE}/configmaps/c${i}`)).status).toBe(200);
      const changed = await ask(b, 'PATCH', `${NAMESPACE}/configmaps/c${i}`, { data: { k: String(i) } }, MERGE);
      const seen = await ask(a, 'GET', `${NAMESPACE}/configmaps/c${i}`);
      expect(seen.body.metadata.resourceVersion).toBe(changed.body.metadata.resourceVersion);
    }
  });

  test('no patch is lost', async () => {
    await ask(servers[0], 'POST', `${NAMESPACE}/configmaps`, object('shared'));
    await each(40, (server, i) =>
      ask(server, 'PATCH', `${NAMESPACE}/configmaps/shared`, { metadata: { labels: { [`l${i}`]: '' } } }, MERGE),
    );
    const { body } = await ask(servers[1], 'GET', `${NAMESPACE}/configmaps/shared`);
    expect(Object.keys(body.metadata.labels)).toHaveLength(40);
  });

  test('no cluster IP is given twice', async () => {
    const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } });
    const made = await each(30, (server, i) => ask(server, 'POST', `${NAMESPACE}/services`, service(`s${i}`)));
    expect(new Set(made.map((one) => one.body.spec.clusterIP)).size).toBe(30);
  });
});
