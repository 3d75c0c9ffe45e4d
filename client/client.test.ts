import { afterEach, beforeEach, expect, test } from 'vitest';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { seededRandom } from '../types/part/random.ts';
import type { Client } from './client.ts';
import { createClient } from './connect.ts';
import { isAlreadyExists, isGone, isNotFound, isRetryable, retryCause } from './errors.ts';
import { httpTransport } from './http.ts';
import { createInformers } from './informers.ts';
import { configMaps } from './resources.ts';
import { fail, type StandIn, startStandIn } from './stand-in.ts';

let api: StandIn;
let client: Client;
let ended: AbortController;
const parts = { clock: realClock, random: seededRandom(1), log: silentLog };

beforeEach(async () => {
  api = await startStandIn();
  client = createClient(httpTransport({ server: api.server }), parts);
  ended = new AbortController();
});

afterEach(async () => {
  ended.abort();
  client.close();
  await api.close();
});

const until = async (condition: () => boolean) => {
  for (let i = 0; !condition(); i++) {
    if (i > 2000) throw new Error('it never came true');
    await realClock.sleep(2);
  }
};

function watched() {
  const informers = createInformers(client, { ...parts, signal: ended.signal });
  const informer = informers.for(configMaps);
  const seen: string[] = [];
  informer.addIndex('first', (object) => Object.keys(object.data ?? {}));
  informer.handle({
    add: (o) => seen.push(`+${o.metadata?.name}`),
    update: (o) => seen.push(`~${o.metadata?.name}`),
    remove: (o) => seen.push(`-${o.metadata?.name}`),
  });
  informers.start();
  return { informers, informer, seen };
}

test('a list is read in pages and every change after it is seen', async () => {
  for (let i = 0; i < 4500; i++) api.put(`c${i}`, { a: '1' });
  const { informers, informer, seen } = watched();
  await informers.whenSynced();
  expect(informer.size).toBe(4500);
  expect(api.seen.filter((line) => line.includes('limit='))).toHaveLength(3);
  seen.length = 0;
  api.put('c1', { b: '2' });
  api.remove('c2');
  api.put('new', { b: '3' });
  await until(() => seen.length === 3);
  expect(seen).toEqual(['~c1', '-c2', '+new']);
  expect(informer.by('first', 'b').map((o) => o.metadata?.name)).toEqual(['c1', 'new']);
  expect(informer.get('default/new')?.data).toEqual({ b: '3' });
  expect(informer.resourceVersion).toBe('4504');
});

test('a broken watch is resumed where it stopped', async () => {
  const { informers, seen } = watched();
  await informers.whenSynced();
  api.put('a', {});
  await until(() => seen.length === 1);
  api.cutWatches();
  api.put('b', {});
  await until(() => seen.length === 2);
  expect(seen).toEqual(['+a', '+b']);
  expect(api.seen.filter((line) => !line.includes('watch='))).toHaveLength(1);
});

test('after 410 Gone the new list is compared with the copy, and missed deletions are told', async () => {
  for (const name of ['stays', 'changes', 'goes', 'again']) api.put(name, {});
  const { informers, seen } = watched();
  await informers.whenSynced();
  await until(() => api.seen.some((line) => line.includes('watch=')));
  seen.length = 0;
  api.intercept = (_, response) => {
    response.destroy();
    return true;
  };
  api.cutWatches();
  api.put('changes', { x: '1' });
  api.remove('goes');
  api.remove('again');
  api.put('again', {});
  api.put('comes', {});
  api.compact();
  api.intercept = undefined;
  await until(() => seen.length === 5);
  expect(seen).toEqual(['~changes', '-again', '+again', '+comes', '-goes']);
});

test('a server that comes late is waited for', async () => {
  let refused = 0;
  api.intercept = (_, response) => {
    if (++refused > 7) return false;
    fail(response, 503, 'ServiceUnavailable');
    return true;
  };
  const { informers, informer } = watched();
  await informers.whenSynced();
  expect(informer.synced).toBe(true);
});

test('errors carry the Status and are told apart', async () => {
  const created = await client.create(configMaps, { metadata: { name: 'a', namespace: 'default' } }).catch((e: unknown) => e);
  expect(isAlreadyExists(created)).toBe(true);
  expect(isRetryable(created)).toBe(false);
});

test('a read is repeated when the server is unavailable, a write is not', async () => {
  let left = 2;
  api.intercept = (_, response) => {
    if (left-- <= 0) return false;
    fail(response, 503, 'ServiceUnavailable');
    return true;
  };
  expect((await client.list(configMaps)).items).toEqual([]);
  left = 1;
  const error = await client.create(configMaps, { metadata: { name: 'a', namespace: 'default' } }).catch((e: unknown) => e);
  expect(retryCause(error)).toBe('unavailable');
});

test('a throttled write waits for as long as it is told and is repeated', async () => {
  let left = 1;
  api.intercept = (_, response) => {
    if (left-- <= 0) return false;
    fail(response, 429, 'TooManyRequests', { 'retry-after': '0' });
    return true;
  };
  const error = await client.create(configMaps, { metadata: { name: 'a', namespace: 'default' } }).catch((e: unknown) => e);
  expect(isAlreadyExists(error)).toBe(true);
});

test('a server that is not there is refused', async () => {
  const nobody = createClient(httpTransport({ server: 'http://127.0.0.1:1' }), parts);
  const error = await nobody.get(configMaps, 'a', 'default').catch((e: unknown) => e);
  expect(retryCause(error)).toBe('refused');
  expect(isNotFound(error)).toBe(false);
  nobody.close();
});

test('a watch from before the log fails with 410', async () => {
  api.put('a', {});
  api.compact();
  const run = async () => {
    for await (const _ of client.watch(configMaps, { resourceVersion: '1' }));
  };
  expect(isGone(await run().catch((e: unknown) => e))).toBe(true);
});
