/** The scheduler against a real API server, with no more rights than a scheduler has. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing.ts';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/connect.ts';
import type { Connection } from '../client/connection.ts';
import { httpTransport } from '../client/http.ts';
import { events, type Node, nodes, type Pod, pods } from '../client/resources.ts';
import { realClock } from '../types/part/clock.ts';
import { defaultsOf } from '../types/part/flags.ts';
import { silentLog } from '../types/part/log.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { systemRandom } from '../types/part/random.ts';
import { startScheduler } from './index.ts';
import { flags } from './options.ts';

const namespace = 'default';
let api: TestApi;
let client: Client;
let part: RunningPart;
let connection: Connection;
const ending = new AbortController();

function node(name: string, cpu = '4', more: Partial<Node> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    status: { allocatable: { cpu, memory: '8Gi', pods: '110' }, capacity: { cpu, memory: '8Gi', pods: '110' } },
    ...more,
  };
}

function pod(name: string, cpu = '100m', spec: object = {}): Pod {
  const containers = [{ name: 'main', image: 'registry.example/app:v1', resources: { requests: { cpu, memory: '100Mi' } } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { containers, ...spec } };
}

async function until<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await ask();
    if (found) return found;
    await realClock.sleep(10);
  }
}

const nodeOf = (name: string) => until(async () => (await client.get(pods, name, namespace)).spec?.nodeName);
const conditionOf = (name: string) =>
  until(async () =>
    (await client.get(pods, name, namespace)).status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False'),
  );
const eventOf = (name: string, reason: string) =>
  until(async () => (await client.list(events, { namespace })).items.find((e) => e.involvedObject.name === name && e.reason === reason));

beforeAll(async () => {
  api = await startTestApi({ flags: { 'disable-admission-plugins': ['ServiceAccount', 'TaintNodesByCondition'] } as never });
  const ctx: PartContext = { clock: realClock, random: systemRandom(), log: silentLog, signal: ending.signal };
  client = createClient(httpTransport(api.adminConnection), ctx);
  const [cert, key] = await Promise.all(['scheduler.crt', 'scheduler.key'].map((file) => readFile(join(api.dir, 'pki', file), 'utf8')));
  connection = { server: api.url, ca: api.adminConnection.ca, cert: cert ?? '', key: key ?? '' };
  part = startScheduler(ctx, createClient(httpTransport(connection), ctx), defaultsOf(flags));
  await part.ready;
});

afterAll(async () => {
  ending.abort();
  await part.stopped;
  client.close();
  await api.stop();
});

describe('the scheduler on an API server', () => {
  it('says why a pod is not scheduled, and binds it when a node appears', async () => {
    await client.create(pods, pod('early'));
    expect(await conditionOf('early')).toMatchObject({ reason: 'Unschedulable', message: 'no nodes available to schedule pods' });
    expect((await eventOf('early', 'FailedScheduling')).message).toBe('no nodes available to schedule pods');
    await client.create(nodes, node('n1'));
    expect(await nodeOf('early')).toBe('n1');
    expect((await eventOf('early', 'Scheduled')).message).toBe('Successfully assigned default/early to n1');
  });

  it('binds a pod that was too large when room comes free', async () => {
    await client.create(pods, pod('large', '3'));
    expect(await nodeOf('large')).toBe('n1');
    await client.create(pods, pod('next', '3'));
    const { message } = await conditionOf('next');
    expect(message).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
    await client.delete(pods, { name: 'large', namespace }, { gracePeriodSeconds: 0 });
    expect(await nodeOf('next')).toBe('n1');
  });

  it('leaves gated pods and pods of other schedulers alone, and takes up a pod whose gate is removed', async () => {
    await client.create(pods, pod('gated', '100m', { schedulingGates: [{ name: 'example.com/wait' }] }));
    await client.create(pods, pod('other', '100m', { schedulerName: 'another' }));
    await client.create(pods, pod('after'));
    expect(await nodeOf('after')).toBe('n1');
    expect((await client.get(pods, 'gated', namespace)).spec?.nodeName).toBeUndefined();
    expect((await client.get(pods, 'other', namespace)).spec?.nodeName).toBeUndefined();
    await client.patch(pods, { name: 'gated', namespace }, 'merge', { spec: { schedulingGates: null } });
    expect(await nodeOf('gated')).toBe('n1');
  });

  it('preempts a pod of lower priority', async () => {
    await client.create(nodes, node('n2', '2', { spec: { taints: [{ key: 'only', value: 'preemption', effect: 'NoSchedule' }] } }));
    const there = { tolerations: [{ key: 'only', operator: 'Exists' }], nodeSelector: { 'kubernetes.io/hostname': 'n2' } };
    await client.create(pods, pod('victim', '2', there));
    expect(await nodeOf('victim')).toBe('n2');
    await client.create(pods, pod('important', '2', { ...there, priorityClassName: 'system-cluster-critical' }));
    await until(async () => (await client.get(pods, 'important', namespace)).status?.nominatedNodeName === 'n2');
    await until(async () => {
      const victim = await client.get(pods, 'victim', namespace).catch(() => undefined);
      if (victim?.metadata?.deletionTimestamp) await client.delete(pods, { name: 'victim', namespace }, { gracePeriodSeconds: 0 });
      return victim === undefined;
    });
    expect(await nodeOf('important')).toBe('n2');
  });

  it('runs for leader, with the profiles of a file', async () => {
    const file = join(api.dir, 'scheduler.yaml');
    const profiles = 'profiles: [{schedulerName: elected, percentageOfNodesToScore: 50}]';
    await writeFile(file, `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n${profiles}\n`);
    const over = new AbortController();
    const ctx: PartContext = { clock: realClock, random: systemRandom(), log: silentLog, signal: over.signal };
    const options = { ...defaultsOf(flags), 'scheduler-config': file, 'leader-elect': true };
    const second = startScheduler(ctx, createClient(httpTransport(connection), ctx), options);
    await second.ready;
    await client.create(pods, pod('mine', '100m', { schedulerName: 'elected' }));
    expect(await nodeOf('mine')).toBe('n1');
    over.abort();
    await second.stopped;
  });

  it('refuses a configuration that it can not serve', async () => {
    const ctx: PartContext = { clock: realClock, random: systemRandom(), log: silentLog, signal: ending.signal };
    const wrong = startScheduler(ctx, client, { ...defaultsOf(flags), 'scheduler-config': join(api.dir, 'none.yaml') });
    await expect(wrong.ready).rejects.toThrow('none.yaml');
    await expect(wrong.stopped).rejects.toThrow('none.yaml');
  });

  it('schedules a thousand pods without overcommitting a node', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.create(nodes, node(`many-${i}`, '4'))));
    const start = realClock.monotonic();
    await Promise.all(Array.from({ length: 1000 }, (_, i) => client.create(pods, pod(`many-${i}`, '200m'))));
    const all = await until(async () => {
      const { items } = await client.list(pods, { namespace });
      const mine = items.filter((p) => p.metadata?.name?.startsWith('many-'));
      return mine.every((p) => p.spec?.nodeName) && mine;
    });
    console.log(`1,000 pods created and bound in ${Math.round(realClock.monotonic() - start)} ms`);
    const onNode = Map.groupBy(all, (p) => p.spec?.nodeName);
    for (const list of onNode.values()) expect(list.length).toBeLessThanOrEqual(20);
  });
});
