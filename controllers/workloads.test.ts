/** StatefulSet, DaemonSet, Job and CronJob against the real API server. Nobody runs pods here: the test plays the kubelets. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing.ts';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/connect.ts';
import { httpTransport } from '../client/http.ts';
import { namespaces, nodes, type Pod, persistentVolumeClaims, podDisruptionBudgets, pods, serviceAccounts } from '../client/resources.ts';
import { realClock, rfc3339 } from '../types/part/clock.ts';
import { defaultsOf } from '../types/part/flags.ts';
import { silentLog } from '../types/part/log.ts';
import type { PartContext } from '../types/part/part.ts';
import { seededRandom } from '../types/part/random.ts';
import { type CronJob, cronJobs } from './cronjob/identity.ts';
import { type DaemonSet, daemonSets, nodeOf } from './daemonset/identity.ts';
import { controllerFlags, startControllers } from './index.ts';
import { FINALIZER, type Job, jobs } from './job/identity.ts';
import { type StatefulSet, statefulSets } from './statefulset/identity.ts';

let api: TestApi;
let client: Client;
let end: () => Promise<void>;

/** Starts the controllers; what it returns ends them. */
function startAll(): () => Promise<void> {
  const ending = new AbortController();
  const ctx: PartContext = { clock: realClock, random: seededRandom(7), log: silentLog, signal: ending.signal };
  const own = createClient(httpTransport(api.adminConnection), ctx);
  const part = startControllers(ctx, own, defaultsOf(controllerFlags));
  return async () => {
    ending.abort();
    await part.stopped;
    own.close();
  };
}

beforeAll(async () => {
  api = await startTestApi();
  const ctx = { clock: realClock, random: seededRandom(8), log: silentLog, signal: new AbortController().signal };
  client = createClient(httpTransport(api.adminConnection), ctx);
  end = startAll();
});

afterAll(async () => {
  await end();
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
  const name = `work-${++spaces}`;
  await client.create(namespaces, { metadata: { name } });
  await until(() => client.get(serviceAccounts, 'default', name).then(Boolean, () => false));
  return name;
}

const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
const selector = { matchLabels: { app: 'w' } };
const finite = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };

const podsIn = async (namespace: string) => (await client.list(pods, { namespace })).items;
const names = (all: Pod[]) => all.map(({ metadata }) => metadata?.name).sort();

/** What a kubelet would say. */
async function say({ metadata }: Pod, phase: 'Running' | 'Succeeded' | 'Failed'): Promise<void> {
  const ready = { type: 'Ready', status: phase === 'Running' ? 'True' : 'False', lastTransitionTime: rfc3339(realClock.now()) };
  const at = { name: metadata?.name ?? '', namespace: metadata?.namespace ?? '', subresource: 'status' };
  await client.patch(pods, at, 'strategic', { status: { phase, conditions: [ready] } });
}

test('a stateful set makes its pods and claims in their order, and takes them back in the other', async () => {
  const namespace = await newNamespace();
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  const persistentVolumeClaimRetentionPolicy = { whenScaled: 'Delete', whenDeleted: 'Retain' };
  const spec = { replicas: 2, serviceName: 'w', selector, template, volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy };
  await client.create(statefulSets, { metadata: { name: 'db', namespace }, spec } as StatefulSet);
  await until(async () => (await podsIn(namespace)).length === 1);
  await say((await podsIn(namespace))[0] as Pod, 'Running');
  await until(async () => (await podsIn(namespace)).length === 2);
  const [, second] = await podsIn(namespace);
  expect(second).toMatchObject({ metadata: { name: 'db-1' }, spec: { hostname: 'db-1', subdomain: 'w' } });
  await say(second as Pod, 'Running');
  const status = async () => (await client.get(statefulSets, 'db', namespace)).status;
  await until(async () => (await status())?.availableReplicas === 2);
  expect((await client.list(persistentVolumeClaims, { namespace })).items.map(({ metadata }) => metadata?.name)).toEqual([
    'data-db-0',
    'data-db-1',
  ]);
  await client.patch(statefulSets, { name: 'db', namespace }, 'merge', { spec: { replicas: 1 } });
  await until(async () => (await client.list(persistentVolumeClaims, { namespace })).items.length === 1);
  expect(names(await podsIn(namespace))).toEqual(['db-0']);
});

test('a job counts each pod once, whatever the controllers lived through', async () => {
  const namespace = await newNamespace();
  const spec = { completions: 6, parallelism: 3, template: finite };
  await client.create(jobs, { metadata: { name: 'j', namespace }, spec } as Job);
  const live = () => client.get(jobs, 'j', namespace);
  for (let round = 0; round < 2; round++) {
    await until(async () => (await podsIn(namespace)).filter(({ status }) => status?.phase === 'Pending').length === 3);
    for (const pod of await podsIn(namespace)) if (pod.status?.phase === 'Pending') await say(pod, 'Succeeded');
    await end();
    end = startAll();
  }
  await until(async () => (await live()).status?.conditions?.some(({ type }) => type === 'Complete'));
  expect((await live()).status).toMatchObject({ succeeded: 6, uncountedTerminatedPods: {} });
  const all = await podsIn(namespace);
  expect(all).toHaveLength(6);
  expect(all.some(({ metadata }) => metadata?.finalizers?.includes(FINALIZER))).toBe(false);
});

test('a job that is deleted leaves no pod behind', async () => {
  const namespace = await newNamespace();
  await client.create(jobs, { metadata: { name: 'j', namespace }, spec: { completions: 2, parallelism: 2, template: finite } } as Job);
  await until(async () => (await podsIn(namespace)).length === 2);
  await client.delete(jobs, { name: 'j', namespace }, { propagationPolicy: 'Background' });
  await until(async () => (await podsIn(namespace)).length === 0);
});

test('a cron job makes one job of a time that it missed, and says when', async () => {
  const namespace = await newNamespace();
  const spec = { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template: finite } } };
  await client.create(cronJobs, { metadata: { name: 'k', namespace }, spec } as CronJob);
  const at = { name: 'k', namespace };
  const status = { lastScheduleTime: '2020-06-01T00:00:00Z' };
  await client.patch(cronJobs, { ...at, subresource: 'status' }, 'merge', { status });
  await client.patch(cronJobs, at, 'merge', { spec: { suspend: false } });
  await until(async () => (await client.get(cronJobs, 'k', namespace)).status?.active?.length === 1);
  const { items } = await client.list(jobs, { namespace });
  expect(items).toHaveLength(1);
  expect((await client.get(cronJobs, 'k', namespace)).status?.lastScheduleTime).toMatch(/-01-01T00:00:00Z$/);
});

test('a daemon set has a pod on each node that fits, and a budget follows its pods', async () => {
  const namespace = await newNamespace();
  for (const name of ['n1', 'n2']) await client.create(nodes, { metadata: { name, labels: { on: 'yes' } } });
  const daemon = { ...template, spec: { ...template.spec, nodeSelector: { on: 'yes' }, tolerations: [{ operator: 'Exists' }] } };
  await client.create(daemonSets, { metadata: { name: 'd', namespace }, spec: { selector, template: daemon } } as DaemonSet);
  await client.create(podDisruptionBudgets, { metadata: { name: 'b', namespace }, spec: { selector, minAvailable: 1 } });
  await until(async () => (await podsIn(namespace)).length === 2);
  expect((await podsIn(namespace)).map(nodeOf).sort()).toEqual(['n1', 'n2']);
  for (const pod of await podsIn(namespace)) await say(pod, 'Running');
  await until(async () => (await client.get(daemonSets, 'd', namespace)).status?.numberAvailable === 2);
  await until(async () => (await client.get(podDisruptionBudgets, 'b', namespace)).status?.disruptionsAllowed === 1);
  await client.patch(nodes, { name: 'n2' }, 'merge', { metadata: { labels: { on: 'no' } } });
  await until(async () => (await podsIn(namespace)).length === 1);
});
