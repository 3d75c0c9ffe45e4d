/** The binder against the real API server; the test plays the scheduler. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../api/testing.ts';
import type { Client } from '../../client/client.ts';
import { createClient } from '../../client/connect.ts';
import { isNotFound } from '../../client/errors.ts';
import { httpTransport } from '../../client/http.ts';
import {
  type PersistentVolumeClaim as Claim,
  nodes,
  type PersistentVolume,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../../client/resources.ts';
import { realClock } from '../../types/part/clock.ts';
import { defaultsOf } from '../../types/part/flags.ts';
import { silentLog } from '../../types/part/log.ts';
import type { PartContext, RunningPart } from '../../types/part/part.ts';
import { seededRandom } from '../../types/part/random.ts';
import { controllerFlags, startControllers } from '../index.ts';
import { SELECTED_NODE } from './names.ts';
import { SIMULATED } from './provision.ts';

let api: TestApi;
let client: Client;
let part: RunningPart;
const ending = new AbortController();
const ctx: PartContext = { clock: realClock, random: seededRandom(3), log: silentLog, signal: ending.signal };
const controllers = [
  'persistentvolume-binder-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
];

beforeAll(async () => {
  api = await startTestApi();
  client = createClient(httpTransport(api.adminConnection), ctx);
  part = startControllers(ctx, client, { ...defaultsOf(controllerFlags), controllers });
  await part.ready;
});

afterAll(async () => {
  ending.abort();
  await part.stopped;
  client.close();
  await api.stop();
});

async function eventually<T>(read: () => Promise<T | undefined | false>, tries = 2000): Promise<T> {
  for (let i = 0; i < tries; i++) {
    const value = await read();
    if (value) return value;
    await realClock.sleep(5);
  }
  throw new Error('it never came true');
}

const claimOf = (name: string, storageClassName?: string): Claim => ({
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], ...(storageClassName && { storageClassName }), resources: { requests: { storage: '1Gi' } } },
});
const claimIn = (name: string, phase: string) =>
  eventually(async () => {
    const claim = await client.get(persistentVolumeClaims, name, 'default');
    return claim.status?.phase === phase && claim;
  });
const volumeIn = (name: string, phase: string) =>
  eventually(async () => {
    const volume = await client.get(persistentVolumes, name);
    return volume.status?.phase === phase && volume;
  });
const goneVolume = (name: string) =>
  eventually(() =>
    client.get(persistentVolumes, name).then(
      () => false,
      (error) => isNotFound(error),
    ),
  );

test('a claim without a class gets a simulated volume where its first consumer goes, and takes it along', async () => {
  const zone = 'topology.kubernetes.io/zone';
  await client.create(nodes, { metadata: { name: 'n', labels: { [zone]: 'za' } } });
  const made = await client.create(persistentVolumeClaims, claimOf('late'));
  expect(made.spec?.storageClassName).toBe('standard');
  const metadata = { annotations: { [SELECTED_NODE]: 'n' } };
  await client.patch(persistentVolumeClaims, { name: 'late', namespace: 'default' }, 'merge', { metadata });
  const { spec, status } = await claimIn('late', 'Bound');
  expect(status?.capacity).toEqual({ storage: '1Gi' });
  const name = spec?.volumeName ?? '';
  const volume = await volumeIn(name, 'Bound');
  const expression = { key: zone, operator: 'In', values: ['za'] };
  expect(volume.spec?.nodeAffinity?.required?.nodeSelectorTerms).toEqual([{ matchExpressions: [expression] }]);
  await client.delete(persistentVolumeClaims, { name: 'late', namespace: 'default' });
  await goneVolume(name);
});

test('a class that retains leaves the volume behind', async () => {
  await client.create(storageClasses, { metadata: { name: 'now' }, provisioner: SIMULATED, reclaimPolicy: 'Retain' });
  await client.create(persistentVolumeClaims, claimOf('kept', 'now'));
  const name = (await claimIn('kept', 'Bound')).spec?.volumeName ?? '';
  await client.delete(persistentVolumeClaims, { name: 'kept', namespace: 'default' });
  await volumeIn(name, 'Released');
});

test('no volume is given to two claims', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `static-${i}`);
  const volumeOf = (name: string): PersistentVolume => ({
    metadata: { name },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'static', hostPath: { path: '/x' } },
  });
  await Promise.all(names.map((name) => client.create(persistentVolumes, volumeOf(name))));
  await Promise.all(names.map((name) => volumeIn(name, 'Available')));
  await Promise.all(names.map((name) => client.create(persistentVolumeClaims, claimOf(name, 'static'))));
  const bound = await Promise.all(names.map((name) => claimIn(name, 'Bound')));
  expect(bound.map(({ spec }) => spec?.volumeName).sort()).toEqual(names);
});
