import { readdir, readFile } from 'node:fs/promises';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../api/testing.ts';
import type { Client } from '../../client/client.ts';
import { createClient } from '../../client/connect.ts';
import { isAlreadyExists } from '../../client/errors.ts';
import { httpTransport } from '../../client/http.ts';
import { customResourceDefinitions } from '../../client/resources.ts';
import { realClock } from '../../types/part/clock.ts';
import { silentLog } from '../../types/part/log.ts';
import { systemRandom } from '../../types/part/random.ts';
import type { AnyObject } from '../../types/wire.ts';

const CRDS = new URL('../../crds/', import.meta.url);
let api: TestApi;
let client: Client;

async function documents(file: string): Promise<AnyObject[]> {
  return loadAll(await readFile(new URL(file, CRDS), 'utf8')) as AnyObject[];
}

async function served(path: string): Promise<void> {
  while ((await client.raw('GET', path)).status !== 200) await realClock.sleep(10);
}

beforeAll(async () => {
  api = await startTestApi();
  client = createClient(httpTransport(api.adminConnection), { clock: realClock, random: systemRandom(), log: silentLog });
  for (const file of await readdir(CRDS)) {
    for (const object of await documents(file)) {
      if (object.kind !== 'CustomResourceDefinition') continue;
      await client.create(customResourceDefinitions, object as never).catch((error) => {
        if (!isAlreadyExists(error)) throw error;
      });
    }
  }
  for (const plural of ['machineclasses', 'machinepools', 'machines']) await served(`/apis/cloud.kumulus.dev/v1alpha1/${plural}`);
  await served('/apis/gateway.networking.k8s.io/v1/httproutes');
});

afterAll(async () => {
  client.close();
  await api.stop();
});

const CLOUD = '/apis/cloud.kumulus.dev/v1alpha1';
const ROUTES = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes';
let made = 0;

async function create(path: string, kind: string, spec: unknown) {
  const apiVersion = path.startsWith(CLOUD) ? 'cloud.kumulus.dev/v1alpha1' : 'gateway.networking.k8s.io/v1';
  const { status, body } = await client.raw('POST', path, { apiVersion, kind, metadata: { name: `x${made++}` }, spec });
  return { status, body: body as { spec: unknown; message?: string } };
}

const capacity = { cpu: '2', memory: '8Gi' };

test.each<[string, string, unknown, unknown]>([
  [
    'machineclasses',
    'MachineClass',
    { capacity },
    {
      capacity: { ...capacity, pods: '110', 'ephemeral-storage': '100Gi' },
      ...{ runtime: 'simulated', architecture: 'amd64', pricePerHour: '0' },
      provisioning: { delay: '50ms', jitter: '0s', failureProbability: 0, maxAttempts: 0 },
    },
  ],
  [
    'machines',
    'Machine',
    { className: 'small' },
    { region: 'eu-north-1', zone: 'eu-north-1a', deletion: { nodeDrainTimeoutSeconds: 120 } },
  ],
  ['machinepools', 'MachinePool', { className: 'small' }, { replicas: 1, zones: ['eu-north-1a', 'eu-north-1b', 'eu-north-1c'] }],
])('%s: defaults', async (plural, kind, spec, filledIn) => {
  const { status, body } = await create(`${CLOUD}/${plural}`, kind, spec);
  expect(body).toMatchObject({ spec: filledIn });
  expect(status).toBe(201);
});

test.each<[string, string, unknown, string]>([
  ['machineclasses', 'MachineClass', {}, 'spec.capacity'],
  ['machineclasses', 'MachineClass', { capacity: { cpu: 'two', memory: '8Gi' } }, 'spec.capacity.cpu'],
  ['machineclasses', 'MachineClass', { capacity, provisioning: { delay: 'soon' } }, 'spec.provisioning.delay'],
  ['machineclasses', 'MachineClass', { capacity, provisioning: { failureProbability: 1.5 } }, 'spec.provisioning.failureProbability'],
  ['machineclasses', 'MachineClass', { capacity, runtime: 'qemu' }, 'spec.runtime'],
  ['machines', 'Machine', {}, 'spec.className'],
  ['machinepools', 'MachinePool', { className: 'small', replicas: -1 }, 'spec.replicas'],
  ['machinepools', 'MachinePool', { className: 'small', zones: ['a', 'a'] }, 'spec.zones'],
])('%s: %s %j is refused for %s', async (plural, kind, spec, field) => {
  const { status, body } = await create(`${CLOUD}/${plural}`, kind, spec);
  expect(body.message).toContain(field);
  expect(status).toBe(422);
});

test('an HTTPRoute is filled in as the Gateway API says', async () => {
  const rules = [{ backendRefs: [{ name: 'web', port: 80 }] }];
  const { body } = await create(ROUTES, 'HTTPRoute', { parentRefs: [{ name: 'web', kind: 'Service', group: '' }], rules });
  expect(body).toMatchObject({
    spec: {
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 80, weight: 1 }],
        },
      ],
    },
  });
});

test.each<[unknown, string]>([
  [{ matches: [{ path: { type: 'Glob', value: '/' } }] }, 'rules[0].matches[0].path.type'],
  [{ backendRefs: [{ name: 'web', weight: -1 }] }, 'rules[0].backendRefs[0].weight'],
  [{ filters: [{ type: 'Dance' }] }, 'rules[0].filters[0].type'],
  [{ timeouts: { request: 'long' } }, 'rules[0].timeouts.request'],
])('an HTTPRoute with the rule %j is refused', async (rule, field) => {
  const { status, body } = await create(ROUTES, 'HTTPRoute', { rules: [rule] });
  expect(body.message).toContain(field);
  expect(status).toBe(422);
});
