/** The watch cache over a real store: past states, resumed watches, selectors, slow readers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStore } from '../../store/open.ts';
import type { ResourceStore, Store } from '../../store/store.ts';
import { type Clock, realClock } from '../../types/part/clock.ts';
import { silentLog } from '../../types/part/log.ts';
import type { View } from '../output/view.ts';
import { encodeStored } from './bytes.ts';
import type { CachedObject } from './cached-object.ts';
import { ResourceCache } from './resource-cache.ts';
import { type Sink, Watcher, type WatchSpec } from './watcher.ts';

let dir: string;
let store: Store;
let resource: ResourceStore;
let ending: AbortController;
let cache: ResourceCache;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kumulus-watch-'));
  store = await openStore({ kind: 'embedded', file: join(dir, 'store.db') }, { clock: realClock, log: silentLog });
  resource = store.resource('configmaps');
  ending = new AbortController();
  cache = newCache();
  await cache.synced;
});

afterEach(async () => {
  ending.abort();
  await store.close();
  await rm(dir, { recursive: true });
});

const newCache = () =>
  new ResourceCache(resource, () => ({ apiVersion: 'v1', kind: 'ConfigMap' }), { clock: realClock, log: silentLog, signal: ending.signal });

const bytes = (name: string, color: string) => encodeStored({ metadata: { name, labels: { color } } });

async function put(name: string, color: string): Promise<number> {
  await cache.fresh();
  const expect = cache.get(name)?.revision ?? 0;
  const result = await resource.write({ key: name, expect, value: bytes(name, color), type: expect === 0 ? 'create' : 'update' });
  if (!result.ok) throw new Error('refused');
  await cache.fresh();
  return result.revision;
}

/** `ADDED a red` for each line. */
const view: View = {
  id: 'test',
  one: () => Buffer.alloc(0),
  list: () => Buffer.alloc(0),
  event: (type, object) => Buffer.from(`${type} ${object.key} ${object.parse().metadata?.labels?.color}\n`),
  bookmark: (_, end) => Buffer.from(`BOOKMARK${end ? ' end' : ''}\n`),
};

class Reader implements Sink {
  lines: string[] = [];
  writableLength = 0;
  ended = false;
  destroyed = false;
  write(text: Buffer): boolean {
    this.lines.push(...text.toString().trimEnd().split('\n'));
    return true;
  }
  once(): void {}
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

/** Gathers nothing: a line is there as soon as its change is. */
const atOnce: Clock = { ...realClock, soon: (run) => run() };

async function watchFrom(spec: Partial<WatchSpec>): Promise<Reader> {
  const reader = new Reader();
  const whole = { after: 0, initial: false, initialEnd: false, bookmarks: false, prefix: '', matches: undefined, timeout: 60_000, ...spec };
  await new Watcher(cache, view, whole, reader, atOnce).run();
  return reader;
}

const red = (object: CachedObject) => object.parse().metadata?.labels?.color === 'red';

test('a past state is rebuilt from the recent changes', async () => {
  await put('a', 'red');
  const then = await put('b', 'red');
  await put('b', 'blue');
  await put('c', 'red');
  await resource.write({ key: 'a', expect: cache.get('a')?.revision ?? 0, value: bytes('a', 'red'), type: 'delete' });
  await cache.fresh();
  const colors = cache.rangeAt(then, '')?.map((o) => `${o.key} ${o.parse().metadata?.labels?.color}`);
  expect(colors).toEqual(['a red', 'b red']);
  expect(cache.range('').map((o) => o.key)).toEqual(['b', 'c']);
});

test('a watch that resumes gets what it missed, then what comes', async () => {
  const after = await put('a', 'red');
  await put('b', 'red');
  const reader = await watchFrom({ after });
  await put('c', 'red');
  expect(reader.lines).toEqual(['ADDED b red', 'ADDED c red']);
});

test('a cache that began later serves older changes out of the log', async () => {
  const after = await put('a', 'red');
  await put('a', 'blue');
  await put('b', 'red');
  cache = newCache();
  await cache.synced;
  const reader = await watchFrom({ after });
  await put('c', 'red');
  expect(reader.lines).toEqual(['MODIFIED a blue', 'ADDED b red', 'ADDED c red']);
});

test('a start that the log has forgotten is told so', async () => {
  const after = await put('a', 'red');
  await put('b', 'red');
  await resource.compact(await put('c', 'red'));
  cache = newCache();
  await cache.synced;
  const reader = await watchFrom({ after });
  expect(JSON.parse(reader.lines[0] ?? '')).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  expect(reader.ended).toBe(true);
});

test('with a selector, what begins to match is added and what ceases to match is deleted', async () => {
  const after = await put('a', 'blue');
  const reader = await watchFrom({ after, matches: red });
  await put('a', 'red');
  await put('a', 'green');
  await put('b', 'blue');
  expect(reader.lines).toEqual(['ADDED a red', 'DELETED a red']);
});

test('initial objects end with a bookmark', async () => {
  await put('a', 'red');
  await put('b', 'blue');
  const reader = await watchFrom({ initial: true, initialEnd: true, matches: red });
  expect(reader.lines).toEqual(['ADDED a red', 'BOOKMARK end']);
});

test('two watchers share the bytes of an event', async () => {
  const event = vi.spyOn(view, 'event');
  await Promise.all([watchFrom({ after: cache.revision }), watchFrom({ after: cache.revision })]);
  await put('a', 'red');
  await put('a', 'blue');
  // The first line of a stream may differ from the others (a Table shows its columns once): it is made for itself.
  expect(event.mock.calls.length).toBe(2);
  event.mockRestore();
});

test('a client that does not read is cut off', async () => {
  const reader = await watchFrom({ after: cache.revision });
  reader.writableLength = 17 * 1024 * 1024;
  await put('a', 'red');
  expect(reader.destroyed).toBe(true);
  expect(reader.lines).toEqual([]);
});
