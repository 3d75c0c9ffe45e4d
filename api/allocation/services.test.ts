import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { realClock } from '../../types/part/clock.ts';
import { silentLog } from '../../types/part/log.ts';
import { seededRandom } from '../../types/part/random.ts';
import type { AnyObject } from '../../types/wire.ts';
import { parseRange } from '../options.ts';
import { createServiceAllocator, type ServiceAllocator } from './services.ts';

let dir: string;
let store: Store;
let allocator: ServiceAllocator;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kumulus-addresses-'));
  store = await openStore({ kind: 'embedded', file: join(dir, 'store.db') }, { clock: realClock, log: silentLog });
  allocator = createServiceAllocator(store, seededRandom(1), parseRange('127.0.0.0/29'), { first: 30_000, last: 30_001 });
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

interface Service extends AnyObject {
  spec: { type: string; clusterIP?: string; clusterIPs?: string[]; ports: { port: number; nodePort?: number }[] };
}

const service = (name: string, spec: Partial<Service['spec']> = {}): Service => ({
  metadata: { name, namespace: 'n', uid: name },
  spec: { type: 'ClusterIP', ports: [{ port: 80 }], ...spec },
});

test('every address is given once, until none is left', async () => {
  const given: (string | undefined)[] = [];
  for (let i = 0; i < 6; i++) {
    const one = service(`s${i}`);
    await allocator.allocate(one, undefined);
    given.push(one.spec.clusterIP);
  }
  expect(given.sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `127.0.0.${n}`));
  await expect(allocator.allocate(service('s6'), undefined)).rejects.toThrow('range is full');
});

test('a named address is given when it is free and in the range', async () => {
  const one = service('a', { clusterIP: '127.0.0.3' });
  await allocator.allocate(one, undefined);
  expect(one.spec.clusterIPs).toEqual(['127.0.0.3']);
  await expect(allocator.allocate(service('b', { clusterIP: '127.0.0.3' }), undefined)).rejects.toThrow('provided IP is already allocated');
  await expect(allocator.allocate(service('b', { clusterIP: '10.0.0.1' }), undefined)).rejects.toThrow('does not match the current range');
  await allocator.release(one);
  await expect(allocator.allocate(service('b', { clusterIP: '127.0.0.3' }), undefined)).resolves.toBeDefined();
});

test('headless Services and external names take none', async () => {
  const headless = service('a', { clusterIP: 'None' });
  await allocator.allocate(headless, undefined);
  expect(headless.spec.clusterIPs).toEqual(['None']);
  const external = service('b', { type: 'ExternalName' });
  await allocator.allocate(external, undefined);
  expect(external.spec.clusterIP).toBeUndefined();
  expect((await store.claims('cluster-ips')).size).toBe(0);
});

test('a refused write gives back what was taken, and a done one what is no longer needed', async () => {
  const before = service('a', { type: 'NodePort' });
  await (await allocator.allocate(before, undefined)).commit();
  const [port] = before.spec.ports;
  const more = service('a', { type: 'NodePort', clusterIP: before.spec.clusterIP, ports: [{ ...port, port: 80 }, { port: 81 }] });
  const refused = await allocator.allocate(more, before);
  expect((await store.claims('node-ports')).size).toBe(2);
  await refused.undo();
  expect((await store.claims('node-ports')).size).toBe(1);
  const plain = service('a', { clusterIP: before.spec.clusterIP });
  await (await allocator.allocate(plain, before)).commit();
  expect((await store.claims('node-ports')).size).toBe(0);
  expect((await store.claims('cluster-ips')).size).toBe(1);
});
