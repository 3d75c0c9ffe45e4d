import { readFile } from 'node:fs/promises';
import { load, loadAll } from 'js-yaml';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing.ts';
import type { Client } from '../client/client.ts';
import { type Machine, type MachineClass, machineClasses, machines } from '../client/cloud.ts';
import { createClient } from '../client/connect.ts';
import { isAlreadyExists, isNotFound } from '../client/errors.ts';
import { httpTransport } from '../client/http.ts';
import { customResourceDefinitions, leases, nodes, type Pod, pods } from '../client/resources.ts';
import { realClock } from '../types/part/clock.ts';
import { defaultsOf } from '../types/part/flags.ts';
import { silentLog } from '../types/part/log.ts';
import { systemRandom } from '../types/part/random.ts';
import { nodesFlags, startNodes } from './index.ts';

const OPTIONS = { 'pod-cidr': '127.248.0.0/16', 'machine-cidr': '127.249.0.0/16', 'node-lease-duration-seconds': 4 };
const part = { clock: realClock, random: systemRandom(), log: silentLog };

let api: TestApi;
let client: Client;
let stop: () => Promise<void>;

async function start(): Promise<void> {
  const ending = new AbortController();
  const running = startNodes({ ...part, signal: ending.signal }, client, { ...defaultsOf(nodesFlags), ...OPTIONS });
  await running.ready;
  stop = async () => {
    ending.abort();
    await running.stopped;
  };
}

async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await realClock.sleep(10);
  }
}

const unlessThere = (done: Promise<unknown>) =>
  done.catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });

/** A machine that the cloud has provisioned, with its node. */
async function machine(name: string): Promise<void> {
  const made: Machine = { metadata: { name }, spec: { className: 'small', zone: 'eu-north-1b', region: 'eu-north-1' } };
  const created = await client.create(machines, made);
  await client.update(machines, { ...created, status: { phase: 'Provisioned' } }, 'status');
  await eventually(async () => client.get(nodes, name).catch(() => undefined));
}

async function pod(name: string, nodeName: string, more: Partial<NonNullable<Pod['spec']>> = {}, annotations = {}): Promise<Pod> {
  const ports = [{ containerPort: 8080 }];
  const spec = { nodeName, terminationGracePeriodSeconds: 5, containers: [{ name: 'web', image: 'web:v1', ports }], ...more };
  return client.create(pods, { metadata: { name, namespace: 'default', annotations }, spec });
}

const getPod = (name: string) => client.get(pods, name, 'default');
const inPhase = (name: string, phase: string) =>
  eventually(async () => {
    const found = await getPod(name);
    return found.status?.phase === phase && found;
  });
const gone = (name: string) => eventually(async () => getPod(name).then(() => false as const, isNotFound));
const ask = async (ip: string, port = 8080) => (await fetch(`http://${ip}:${port}/x`, { headers: { accept: 'application/json' } })).json();

beforeAll(async () => {
  api = await startTestApi({ flags: { 'disable-admission-plugins': ['ServiceAccount'] } });
  client = createClient(httpTransport(api.adminConnection), part);
  for (const file of ['machines', 'machineclasses']) {
    const text = await readFile(new URL(`../crds/${file}.yaml`, import.meta.url), 'utf8');
    await unlessThere(client.create(customResourceDefinitions, load(text) as never));
  }
  const classes = loadAll(await readFile(new URL('../crds/classes.yaml', import.meta.url), 'utf8')) as MachineClass[];
  for (const made of classes) {
    await eventually(() =>
      unlessThere(client.create(machineClasses, made)).then(
        () => true,
        (error) => !isNotFound(error) && Promise.reject(error),
      ),
    );
  }
  await start();
  await machine('m1');
});

afterAll(async () => {
  await stop();
  client.close();
  await api.stop();
});

afterEach(async () => {
  const { items } = await client.list(pods, { namespace: 'default' });
  for (const { metadata } of items) await client.delete(pods, { name: metadata?.name ?? '', namespace: 'default' });
  for (const { metadata } of items) await gone(metadata?.name ?? '');
});

test('a provisioned machine becomes a Ready node with its class’s capacity, and a lease', async () => {
  const node = await client.get(nodes, 'm1');
  expect(node.metadata?.labels).toMatchObject({
    'topology.kubernetes.io/zone': 'eu-north-1b',
    'node.kubernetes.io/instance-type': 'small',
  });
  expect(node.status?.conditions?.find((c) => c.type === 'Ready')?.status).toBe('True');
  expect(node.status?.capacity).toMatchObject({ cpu: '2', memory: '8Gi' });
  const lease = await eventually(async () => client.get(leases, 'm1', 'kube-node-lease').catch(() => undefined));
  expect(lease.spec).toMatchObject({ holderIdentity: 'm1', leaseDurationSeconds: 4 });
  await eventually(async () => (await client.get(leases, 'm1', 'kube-node-lease')).spec?.renewTime !== lease.spec?.renewTime);
});

test('a bound pod runs, is Ready, and answers who it is; deleted, it goes and answers no more', async () => {
  await pod('a', 'm1');
  const { status } = await inPhase('a', 'Running');
  expect(status?.conditions?.find((c) => c.type === 'Ready')?.status).toBe('True');
  const ip = status?.podIP ?? '';
  expect(ip).toMatch(/^127\.248\./);
  expect(await ask(ip)).toMatchObject({ pod: 'a', namespace: 'default', image: 'web:v1', node: 'm1', zone: 'eu-north-1b', path: '/x' });
  await client.delete(pods, { name: 'a', namespace: 'default' });
  await gone('a');
  await expect(ask(ip)).rejects.toThrow();
});

test('a pod that does not fit is refused', async () => {
  await pod('big', 'm1', { containers: [{ name: 'web', image: 'x', resources: { requests: { cpu: '3' } } }] });
  expect((await inPhase('big', 'Failed')).status).toMatchObject({ reason: 'OutOfcpu' });
});

test('a pod that is to crash does, and is restarted', async () => {
  await pod('crash', 'm1', {}, { 'sim.kumulus.dev/exit-code': '3' });
  const found = await eventually(async () => {
    const { status } = await getPod('crash');
    return status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff' && status;
  });
  expect(found.containerStatuses?.[0]).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 3 } } });
});

test('a pod with an end comes to it', async () => {
  await pod('ends', 'm1', { restartPolicy: 'Never' }, { 'sim.kumulus.dev/exit-after': '20ms' });
  expect((await inPhase('ends', 'Succeeded')).status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 0 });
});

test('a port that is taken is said in an event, and harms nothing else', async () => {
  const hostNetwork = { hostNetwork: true };
  await pod('first', 'm1', hostNetwork);
  const { status } = await inPhase('first', 'Running');
  await pod('second', 'm1', hostNetwork);
  await inPhase('second', 'Running');
  const found = await eventually(async () => {
    const { body } = await client.raw('GET', '/api/v1/namespaces/default/events');
    return (body as { items: { reason: string; message: string }[] }).items.find((event) => event.reason === 'FailedListen');
  });
  expect(found.message).toContain('the address is in use');
  expect(await ask(status?.hostIP ?? '')).toMatchObject({ pod: 'first' });
});

test('a new process takes its nodes and pods over as they are', async () => {
  await pod('stays', 'm1');
  const before = await inPhase('stays', 'Running');
  await stop();
  await pod('waits', 'm1');
  await start();
  await inPhase('waits', 'Running');
  const after = await getPod('stays');
  expect(after.status).toEqual(before.status);
  expect(await eventually(async () => ask(after.status?.podIP ?? '').catch(() => undefined))).toMatchObject({ pod: 'stays' });
  expect((await client.list(nodes)).items.filter((n) => n.metadata?.name === 'm1')).toHaveLength(1);
});

test('a plain node that carries KWOK’s annotation is made Ready, and runs pods', async () => {
  await client.create(nodes, { metadata: { name: 'plain', annotations: { 'kwok.x-k8s.io/node': 'fake' } } });
  await eventually(async () =>
    (await client.get(nodes, 'plain')).status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
  );
  await pod('on-plain', 'plain', { tolerations: [{ operator: 'Exists' }] });
  expect((await inPhase('on-plain', 'Running')).status?.hostIP).toMatch(/^127\.249\./);
});

test('a node that was deleted does not come back by itself', async () => {
  await machine('m2');
  const joined = await client.get(machines, 'm2');
  await client.update(machines, { ...joined, status: { phase: 'Running', nodeRef: { name: 'm2' } } }, 'status');
  await pod('lost', 'm2');
  const { status } = await inPhase('lost', 'Running');
  await client.delete(nodes, { name: 'm2' });
  await eventually(async () =>
    ask(status?.podIP ?? '').then(
      () => false,
      () => true,
    ),
  );
  await stop();
  await start();
  await machine('m3');
  await expect(client.get(nodes, 'm2')).rejects.toSatisfy(isNotFound);
  await client.delete(pods, { name: 'lost', namespace: 'default' }, { gracePeriodSeconds: 0 });
});
