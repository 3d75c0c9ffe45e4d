import { readFile } from 'node:fs/promises';
import { load, loadAll } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../api/testing.ts';
import type { Client } from '../../client/client.ts';
import { type Machine, type MachineClass, machineClasses, machinePools, machines } from '../../client/cloud.ts';
import { createClient } from '../../client/connect.ts';
import { isAlreadyExists, isNotFound } from '../../client/errors.ts';
import { recorder } from '../../client/events.ts';
import { httpTransport } from '../../client/http.ts';
import { createInformers } from '../../client/informers.ts';
import { customResourceDefinitions, nodes, podDisruptionBudgets, pods } from '../../client/resources.ts';
import { realClock } from '../../types/part/clock.ts';
import { defaultsOf } from '../../types/part/flags.ts';
import { silentLog } from '../../types/part/log.ts';
import { systemRandom } from '../../types/part/random.ts';
import type { Env } from '../controller.ts';
import { controllerFlags } from '../options.ts';
import { cloudControllers } from './index.ts';

const part = { clock: realClock, random: systemRandom(), log: silentLog };

let api: TestApi;
let client: Client;
let stop: () => Promise<void>;

function start(): void {
  const ending = new AbortController();
  const ctx = { ...part, signal: ending.signal };
  const informers = createInformers(client, ctx);
  const env: Env = {
    ctx,
    client,
    informers,
    options: defaultsOf(controllerFlags),
    record: (component) => recorder(client, ctx, component),
  };
  const stopped = Promise.all(cloudControllers.map((controller) => controller.start(env)));
  informers.start();
  stop = async () => {
    ending.abort();
    await stopped;
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

async function poolOf(name: string): Promise<Machine[]> {
  const { items } = await client.list(machines, { labelSelector: `cloud.kumulus.dev/pool=${name}` });
  return items;
}

const allIn = (name: string, phase: string, count: number) =>
  eventually(async () => {
    const found = await poolOf(name);
    return found.length === count && found.every((m) => m.status?.phase === phase) && found;
  });

/** What a kubelet would do. */
async function join(machine: Machine): Promise<void> {
  const status = { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }] };
  await client.create(nodes, { metadata: { name: machine.metadata?.name ?? '' }, status });
}

beforeAll(async () => {
  api = await startTestApi({ flags: { 'disable-admission-plugins': ['ServiceAccount'] } });
  client = createClient(httpTransport(api.adminConnection), part);
  for (const file of ['machines', 'machineclasses', 'machinepools']) {
    const text = await readFile(new URL(`../../crds/${file}.yaml`, import.meta.url), 'utf8');
    await unlessThere(client.create(customResourceDefinitions, load(text) as never));
  }
  const classes = loadAll(await readFile(new URL('../../crds/classes.yaml', import.meta.url), 'utf8')) as MachineClass[];
  const flaky: MachineClass = {
    metadata: { name: 'flaky' },
    spec: { capacity: { cpu: '1', memory: '1Gi' }, provisioning: { delay: '0s', failureProbability: 1, maxAttempts: 2 } },
  };
  for (const made of [...classes, flaky]) {
    await eventually(() =>
      unlessThere(client.create(machineClasses, made)).then(
        () => true,
        (error) => !isNotFound(error) && Promise.reject(error),
      ),
    );
  }
  start();
});

afterAll(async () => {
  await stop();
  client.close();
  await api.stop();
});

test('a pool provisions its machines over its zones, keeps their number, and scales', async () => {
  await client.create(machinePools, { metadata: { name: 'p' }, spec: { className: 'small', replicas: 3 } });
  const made = await allIn('p', 'Provisioned', 3);
  expect(made.map((m) => m.spec.zone).sort()).toEqual(['eu-north-1a', 'eu-north-1b', 'eu-north-1c']);
  expect(made[0]?.status?.conditions?.find((c) => c.type === 'Provisioned')?.status).toBe('True');
  for (const machine of made) await join(machine);
  await allIn('p', 'Running', 3);
  await eventually(async () => (await client.get(machinePools, 'p')).status?.readyReplicas === 3);

  await client.patch(machinePools, { name: 'p', subresource: 'scale' }, 'merge', { spec: { replicas: 1 } });
  const left = await allIn('p', 'Running', 1);
  await eventually(async () => (await client.list(nodes)).items.map((n) => n.metadata?.name).join() === left[0]?.metadata?.name);
}, 20_000);

test('a machine whose node is deleted is given back, and another comes', async () => {
  const [first] = await allIn('p', 'Running', 1);
  await client.delete(nodes, { name: first?.metadata?.name ?? '' });
  const [second] = await allIn('p', 'Provisioned', 1);
  expect(second?.metadata?.name).not.toBe(first?.metadata?.name);
}, 20_000);

test('failures are counted and shown, and end it after the last attempt', async () => {
  await client.create(machines, { metadata: { name: 'f' }, spec: { className: 'flaky' } });
  const found = await eventually(async () => {
    const machine = await client.get(machines, 'f');
    return machine.status?.phase === 'Failed' && machine;
  });
  expect(found.status).toMatchObject({ attempts: 2, failureReason: 'AttemptsExhausted' });
  await client.delete(machines, { name: 'f' });
  await eventually(() => client.get(machines, 'f').then(() => false, isNotFound));
}, 20_000);

test('a new process goes on where the last one was', async () => {
  const slow: MachineClass = {
    metadata: { name: 'slow' },
    spec: { capacity: { cpu: '1', memory: '1Gi' }, provisioning: { delay: '300ms' } },
  };
  await client.create(machineClasses, slow);
  await client.create(machines, { metadata: { name: 's' }, spec: { className: 'slow' } });
  const before = await eventually(async () => {
    const machine = await client.get(machines, 's');
    return machine.status?.phase === 'Provisioning' && machine;
  });
  await stop();
  start();
  const after = await eventually(async () => {
    const machine = await client.get(machines, 's');
    return machine.status?.phase === 'Provisioned' && machine;
  });
  expect(after.status?.attempts).toBe(1);
  expect(after.metadata?.uid).toBe(before.metadata?.uid);
}, 20_000);

test('deleting a machine drains it first, and a disruption budget is heard', async () => {
  await client.create(machines, { metadata: { name: 'd' }, spec: { className: 'small', deletion: { nodeDrainTimeoutSeconds: 3600 } } });
  await eventually(async () => (await client.get(machines, 'd')).status?.phase === 'Provisioned');
  await join(await client.get(machines, 'd'));
  await eventually(async () => (await client.get(machines, 'd')).status?.phase === 'Running');
  const labels = { app: 'x' };
  const spec = { nodeName: 'd', terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'x' }] };
  await client.create(pods, { metadata: { name: 'x', namespace: 'default', labels }, spec });
  // Of a pod that does not run yet, no budget speaks.
  await client.patch(pods, { name: 'x', namespace: 'default', subresource: 'status' }, 'merge', { status: { phase: 'Running' } });
  await client.create(podDisruptionBudgets, {
    metadata: { name: 'x', namespace: 'default' },
    spec: { maxUnavailable: 0, selector: { matchLabels: labels } },
  });
  await client.delete(machines, { name: 'd' });
  const draining = await eventually(async () => {
    const machine = await client.get(machines, 'd');
    return machine.status?.phase === 'Draining' && machine;
  });
  expect(draining.status?.conditions?.find((c) => c.type === 'Drained')?.message).toBe('1 pod is left: default/x');
  await eventually(async () => (await client.get(nodes, 'd')).spec?.unschedulable === true);
  expect((await client.get(pods, 'x', 'default')).metadata?.deletionTimestamp).toBeUndefined();
  await client.delete(podDisruptionBudgets, { name: 'x', namespace: 'default' });
  await eventually(() => client.get(machines, 'd').then(() => false, isNotFound));
  await expect(client.get(nodes, 'd')).rejects.toSatisfy(isNotFound);
}, 20_000);
