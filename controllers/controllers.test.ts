/** The controllers against the real API server. Nobody runs pods here: the test plays the kubelets where a case needs it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing.ts';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/connect.ts';
import { isNotFound } from '../client/errors.ts';
import { httpTransport } from '../client/http.ts';
import type { Informer } from '../client/informer.ts';
import { createInformers } from '../client/informers.ts';
import {
  configMaps,
  type Deployment,
  deployments,
  endpointSlices,
  namespaces,
  type Pod,
  pods,
  replicaSets,
  serviceAccounts,
  services,
} from '../client/resources.ts';
import { realClock, rfc3339 } from '../types/part/clock.ts';
import { defaultsOf } from '../types/part/flags.ts';
import { silentLog } from '../types/part/log.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { seededRandom } from '../types/part/random.ts';
import { controllerFlags, startControllers } from './index.ts';

let api: TestApi;
let client: Client;
let part: RunningPart;
let shown: Informer<Pod>;
const ending = new AbortController();
const ctx: PartContext = { clock: realClock, random: seededRandom(7), log: silentLog, signal: ending.signal };

beforeAll(async () => {
  api = await startTestApi();
  client = createClient(httpTransport(api.adminConnection), ctx);
  part = startControllers(ctx, client, defaultsOf(controllerFlags));
  const informers = createInformers(client, ctx);
  shown = informers.for(pods);
  informers.start();
  await Promise.all([part.ready, informers.whenSynced()]);
});

afterAll(async () => {
  ending.abort();
  await part.stopped;
  client.close();
  await api.stop();
});

async function until(condition: () => unknown, tries = 2000): Promise<void> {
  for (let i = 0; !(await condition()); i++) {
    if (i > tries) throw new Error('it never came true');
    await realClock.sleep(5);
  }
}

let spaces = 0;
async function newNamespace(): Promise<string> {
  const name = `test-${++spaces}`;
  await client.create(namespaces, { metadata: { name } });
  await until(() => client.get(serviceAccounts, 'default', name).then(Boolean, () => false));
  return name;
}

const template = (image: string) => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } });

function deployment(namespace: string, replicas: number, more: object = {}): Deployment {
  const spec = { replicas, selector: { matchLabels: { app: 'web' } }, template: template('v1'), ...more };
  return { metadata: { name: 'web', namespace }, spec } as Deployment;
}

const podsIn = (namespace: string) =>
  [...shown.list()].filter((pod) => pod.metadata?.namespace === namespace && !pod.metadata?.deletionTimestamp);
const isReady = (pod: Pod) => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
const isGone = (asked: Promise<unknown>) => asked.then(() => false, isNotFound);

/** What a kubelet would say of a pod that runs. */
async function makeReady(pod: Pod): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const condition = { type: 'Ready', status: 'True', lastTransitionTime: rfc3339(realClock.now()) };
  const status = { phase: 'Running', podIP: '127.99.0.1', podIPs: [{ ip: '127.99.0.1' }], conditions: [condition] };
  await client.patch(pods, { name, namespace, subresource: 'status' }, 'strategic', { status }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

/** Has every pod of the namespace become ready until the signal aborts. */
function kubelet(namespace: string): () => Promise<void> {
  const off = new AbortController();
  const run = async () => {
    while (!off.signal.aborted) {
      await Promise.all(
        podsIn(namespace)
          .filter((pod) => !isReady(pod))
          .map(makeReady),
      );
      await realClock.sleep(10, off.signal);
    }
  };
  const ended = run();
  return async () => {
    off.abort();
    await ended;
  };
}

describe('deployments', () => {
  test('a deployment is scaled from 0 to 50 to 3', async () => {
    const namespace = await newNamespace();
    await client.create(deployments, deployment(namespace, 0));
    const scale = (replicas: number) => client.patch(deployments, { name: 'web', namespace }, 'merge', { spec: { replicas } });
    await scale(50);
    await until(() => podsIn(namespace).length === 50);
    await scale(3);
    await until(() => podsIn(namespace).length === 3);
    await until(async () => (await client.get(deployments, 'web', namespace)).status?.replicas === 3);
    expect(podsIn(namespace)).toHaveLength(3);
  });

  test('a rolling update never goes below its availability nor above its surge', async () => {
    const namespace = await newNamespace();
    const stop = kubelet(namespace);
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } };
    await client.create(deployments, deployment(namespace, 8, { strategy }));
    const status = async () => (await client.get(deployments, 'web', namespace)).status;
    await until(async () => (await status())?.availableReplicas === 8);
    let [fewest, most] = [8, 8];
    shown.handle({
      update: () => {
        const mine = podsIn(namespace);
        fewest = Math.min(fewest, mine.filter(isReady).length);
        most = Math.max(most, mine.length);
      },
    });
    await client.patch(deployments, { name: 'web', namespace }, 'merge', { spec: { template: template('v2') } });
    await until(
      () => podsIn(namespace).length === 8 && podsIn(namespace).every((pod) => pod.spec?.containers[0]?.image === 'v2' && isReady(pod)),
    );
    await until(async () => (await status())?.conditions?.some(({ reason }) => reason === 'NewReplicaSetAvailable'));
    expect(fewest).toBeGreaterThanOrEqual(7);
    expect(most).toBeLessThanOrEqual(10);
    await stop();
  });

  test('a pod that is deleted is replaced, and one that is relabelled is let go', async () => {
    const namespace = await newNamespace();
    await client.create(deployments, deployment(namespace, 2));
    await until(() => podsIn(namespace).length === 2);
    const [first, second] = podsIn(namespace);
    await client.delete(pods, { name: first?.metadata?.name ?? '', namespace });
    await client.patch(pods, { name: second?.metadata?.name ?? '', namespace }, 'merge', { metadata: { labels: { app: 'other' } } });
    await until(() => podsIn(namespace).length === 3);
    await until(() => !shown.get(`${namespace}/${second?.metadata?.name}`)?.metadata?.ownerReferences?.length);
  });
});

describe('garbage collection', () => {
  test.each(['Background', 'Foreground'] as const)('%s: all that a deployment owns goes with it', async (propagationPolicy) => {
    const namespace = await newNamespace();
    await client.create(deployments, deployment(namespace, 5));
    await until(() => podsIn(namespace).length === 5);
    await client.delete(deployments, { name: 'web', namespace }, { propagationPolicy });
    await until(async () => podsIn(namespace).length === 0 && (await client.list(replicaSets, { namespace })).items.length === 0);
    await until(() => isGone(client.get(deployments, 'web', namespace)));
  });

  test('Orphan: what it owned stays, without an owner', async () => {
    const namespace = await newNamespace();
    await client.create(deployments, deployment(namespace, 2));
    await until(() => podsIn(namespace).length === 2);
    await client.delete(deployments, { name: 'web', namespace }, { propagationPolicy: 'Orphan' });
    await until(() => isGone(client.get(deployments, 'web', namespace)));
    const [set] = (await client.list(replicaSets, { namespace })).items;
    expect(set?.metadata?.ownerReferences ?? []).toEqual([]);
    expect(podsIn(namespace)).toHaveLength(2);
  });

  test('what is owned by something that never was is removed', async () => {
    const namespace = await newNamespace();
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: 'none' }];
    await client.create(configMaps, { metadata: { name: 'child', namespace, ownerReferences } });
    await until(() => isGone(client.get(configMaps, 'child', namespace)));
  });
});

test('a service has the addresses of its ready pods', async () => {
  const namespace = await newNamespace();
  const spec = { selector: { app: 'web' }, publishNotReadyAddresses: true, ports: [{ port: 80, targetPort: 8080 }] };
  await client.create(services, { metadata: { name: 's', namespace }, spec } as never);
  const endpoints = async () => (await client.list(endpointSlices, { namespace })).items.flatMap((slice) => slice.endpoints ?? []);
  await until(async () => (await client.list(endpointSlices, { namespace })).items.length === 1);
  expect(await endpoints()).toEqual([]);
  await client.create(deployments, deployment(namespace, 3));
  await until(() => podsIn(namespace).length === 3);
  await Promise.all(podsIn(namespace).map(makeReady));
  await until(async () => (await endpoints()).length === 3);
  expect((await endpoints()).every((endpoint) => endpoint.conditions?.ready)).toBe(true);
});

test('a namespace that is deleted takes all that is in it along', async () => {
  const namespace = await newNamespace();
  await client.create(deployments, deployment(namespace, 3));
  await client.create(configMaps, { metadata: { name: 'held', namespace, finalizers: ['example.com/hold'] } });
  await until(() => podsIn(namespace).length === 3);
  await client.delete(namespaces, { name: namespace });
  const remaining = async () =>
    (await client.get(namespaces, namespace)).status?.conditions?.find((c) => c.type === 'NamespaceFinalizersRemaining');
  await until(async () => (await remaining())?.status === 'True');
  expect((await remaining())?.message).toContain('example.com/hold in 1 resource instances');
  await client.patch(configMaps, { name: 'held', namespace }, 'merge', { metadata: { finalizers: null } });
  await until(() => isGone(client.get(namespaces, namespace)));
  expect(podsIn(namespace)).toEqual([]);
});
