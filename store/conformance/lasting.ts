import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../errors.ts';
import type { StoreLocation } from '../open.ts';
import type { ResourceStore } from '../store.ts';
import { type Driver, fill, Place, put, readThrough, remove, revisionsOf, span } from './world.ts';

/** What outlives a restart and a kill, and how much there may be. */
export function lasting(driver: Driver): void {
  test('everything is there after a restart', async () => {
    await using place = await Place.make(driver);
    const before = (await place.open()).resource('pods');
    await fill(before, 20);
    await remove(before, 'o-3', 4);
    await before.compact(5);
    const [snapshot, log] = [await before.snapshot(), await before.range(5, 21)];
    await place.restart();
    const store = await place.open();
    const after = store.resource('pods');
    expect(await store.resources()).toEqual(['pods']);
    expect(await after.snapshot()).toEqual(snapshot);
    expect(await after.range(5, 21)).toEqual(log);
    expect(await after.oldest()).toBe(5);
    expect(await put(after, 'next', 'x')).toBe(22);
  });

  test('a writer that is killed in the middle of its writes loses nothing that was acknowledged', { timeout: 30_000 }, async () => {
    await using place = await Place.make(driver);
    for (let round = 1; round <= 3; round++) {
      const acknowledged = await writeAndKill(place.location, 400);
      const store = await place.open();
      await expectAll(store.resource('pods'), acknowledged);
      await place.closeStores();
    }
  });

  test('the log keeps at least its length of newest entries, and not many more', async () => {
    await using place = await Place.make(driver);
    const pods = (await place.open({ logLength: 500 })).resource('pods');
    await fill(pods, 3000);
    const oldest = await pods.oldest();
    expect(oldest).toBeLessThanOrEqual(2500);
    expect(oldest).toBeGreaterThan(2000);
    expect(revisionsOf(await pods.range(oldest, 3000))).toEqual(span(oldest, 3000));
    await expect(pods.range(oldest - 1, 3000)).rejects.toMatchObject({ name: 'Compacted', oldest });
  });

  test('after closing everything rejects, and tails end with an error', async () => {
    await using place = await Place.make(driver);
    const store = await place.open();
    const pods = store.resource('pods');
    await put(pods, 'a', 'x');
    const tail = pods.tail(0, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await tail.next();
    const waiting = expect(tail.next()).rejects.toBeInstanceOf(StoreUnavailable);
    await store.close();
    await waiting;
    await expect(pods.revision()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(put(pods, 'b', 'x')).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(readThrough(pods, 0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
    await store.close();
  });

  describe('100,000 objects', () => {
    test('are in a snapshot, each once', { timeout: 30_000 }, async () => {
      await using place = await Place.make(driver);
      const pods = (await place.open()).resource('pods');
      await fill(pods, 100_000, Buffer.alloc(300, 'x'));
      const { revision, objects } = await pods.snapshot();
      expect(revision).toBe(100_000);
      expect(objects).toHaveLength(100_000);
      expect(new Set(objects.map((object) => object.revision)).size).toBe(100_000);
      expect(new Set(objects.map(({ key }) => key)).size).toBe(100_000);
    });
  });
}

/** By key: the newest acknowledged revision. */
type Acknowledged = Map<string, number>;

/** Lets a process of its own write, and kills it after `count` acknowledged writes, while others are under way. */
async function writeAndKill(location: StoreLocation, count: number): Promise<Acknowledged> {
  const program = fileURLToPath(new URL('./writer.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(location)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const acknowledged: Acknowledged = new Map();
  let lines = 0;
  for await (const text of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [key = '', revision] = text.split(' ');
    // A line that the kill cut in two names no revision.
    if (revision?.endsWith('.')) acknowledged.set(key, Number.parseInt(revision, 10));
    if (++lines === count) child.kill('SIGKILL');
  }
  await ended;
  expect(lines).toBeGreaterThanOrEqual(count);
  return acknowledged;
}

/** Every acknowledged write is in the log, no object is older than acknowledged, and log and objects agree. */
export async function expectAll(pods: ResourceStore, acknowledged: Acknowledged): Promise<void> {
  const { revision, objects } = await pods.snapshot();
  const oldest = await pods.oldest();
  const log = await pods.range(oldest, revision);
  expect(revisionsOf(log)).toEqual(span(oldest, revision));
  const found = new Map(objects.map((object) => [object.key, object]));
  for (const [key, at] of acknowledged) {
    if (at > oldest) expect(log[at - oldest - 1]).toMatchObject({ revision: at, key });
    expect(found.get(key)?.revision).toBeGreaterThanOrEqual(at);
  }
  const newest = new Map(log.map((change) => [change.key, change]));
  for (const { key, ...object } of objects) expect(newest.get(key) ?? object).toMatchObject(object);
}
