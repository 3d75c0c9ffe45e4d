import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { realClock } from '../../types/part/clock.ts';
import { expectAll } from '../conformance/lasting.ts';
import { context, type Driver, fill, Place, put, readThrough, revisionsOf, span, turn } from '../conformance/world.ts';
import { conformance } from '../conformance.ts';
import { StoreUnavailable } from '../errors.ts';
import { openStore } from '../open.ts';
import type { ResourceStore } from '../store.ts';
import { findRedis } from './find.ts';
import { launchRedis, type RedisProcess } from './launch.ts';

const binary = await findRedis();
if (!binary && process.env.CI === 'true') throw new Error('CI needs redis-server or valkey-server on the PATH, or REDIS_BIN');
if (!binary) console.log('skipped: no redis-server or valkey-server on the PATH, and no REDIS_BIN');

async function serve(directory: string): Promise<RedisProcess> {
  return launchRedis({ directory: join(directory, 'redis'), ...context });
}

const redis: Driver = {
  name: 'redis',
  start: async (directory) => {
    const server = await serve(directory);
    return { location: { kind: 'redis', url: server.url }, end: server.stop };
  },
};

/** Runs with a connection of its own to the place's server. */
async function administer<T>(place: Place, run: (client: Redis) => Promise<T>): Promise<T> {
  const { location } = place;
  if (location.kind !== 'redis') throw new Error('not a Redis');
  const client = new Redis(location.url, { retryStrategy: null });
  try {
    return await run(client);
  } finally {
    client.disconnect();
  }
}

/** Writes to objects of its own until told to stop; by key, the newest acknowledged revision, and how often the outcome was unknown. */
class Writers {
  readonly acknowledged = new Map<string, number>();
  unknown = 0;
  count = 0;
  #goOn = true;
  readonly #done: Promise<unknown>;

  constructor(pods: ResourceStore, writers = 16) {
    this.#done = Promise.all(Array.from({ length: writers }, (_, i) => this.#write(pods, `w-${i}`)));
  }

  async reached(count: number): Promise<void> {
    while (this.count < count) await turn();
  }

  async stop(): Promise<void> {
    this.#goOn = false;
    await this.#done;
  }

  async #write(pods: ResourceStore, key: string): Promise<void> {
    let expected = 0;
    while (this.#goOn) {
      try {
        expected = await put(pods, key, `after ${expected}`, expected);
        this.acknowledged.set(key, expected);
        this.count++;
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable);
        this.unknown++;
        expected = (await pods.get(key))?.revision ?? 0;
      }
    }
  }
}

describe.skipIf(!binary)('with a Redis server', () => {
  conformance(redis);

  test('two clients see one store', async () => {
    await using place = await Place.make(redis);
    const [one, two] = [(await place.open()).resource('pods'), (await place.open()).resource('pods')];
    const reading = readThrough(two, 0, 3);
    await put(one, 'a', 'one');
    expect(await two.revision()).toBe(1);
    await put(two, 'a', 'two', 1);
    expect(await one.write({ key: 'a', expect: 1, value: Buffer.from('x'), type: 'update' })).toMatchObject({ ok: false });
    await put(one, 'b', 'one');
    expect(revisionsOf(await reading)).toEqual([1, 2, 3]);
    for (let round = 0; round < 20; round++) {
      const race = [one, two].map((pods) => pods.write({ key: `r-${round}`, expect: 0, value: Buffer.from('x'), type: 'create' }));
      expect((await Promise.all(race)).filter(({ ok }) => ok)).toHaveLength(1);
    }
  });

  test('a server that is killed while many write, and comes back, has lost nothing; tails go on', { timeout: 30_000 }, async () => {
    const directory = await Place.make({ ...redis, start: async () => ({ location: { kind: 'redis', url: '' }, end: async () => {} }) });
    await using _place = directory;
    let server = await serve(directory.directory);
    const store = await openStore({ kind: 'redis', url: server.url }, context);
    const pods = store.resource('pods');
    const done = new AbortController();
    const seen: number[] = [];
    const tail = (async () => {
      for await (const batch of pods.tail(0, { signal: done.signal })) seen.push(...revisionsOf(batch));
    })();
    const writers = new Writers(pods);
    for (let round = 1; round <= 3; round++) {
      await writers.reached(writers.count + 300);
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      server = await serve(directory.directory);
    }
    await writers.reached(writers.count + 100);
    await writers.stop();
    await expectAll(pods, writers.acknowledged);
    const newest = await pods.revision();
    while (seen.length < newest) await turn();
    done.abort();
    await tail;
    expect(seen).toEqual(span(0, newest));
    await store.close();
    await server.stop();
  });

  test('a lost connection leaves no gap and no duplicate in a tail, and no write acknowledged that is not there', async () => {
    await using place = await Place.make(redis);
    const pods = (await place.open()).resource('pods');
    const done = new AbortController();
    const seen: number[] = [];
    const tail = (async () => {
      for await (const batch of pods.tail(0, { signal: done.signal })) seen.push(...revisionsOf(batch));
    })();
    const writers = new Writers(pods, 8);
    await administer(place, async (client) => {
      for (let round = 0; round < 10; round++) {
        await writers.reached(writers.count + 50);
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      }
    });
    await writers.stop();
    await expectAll(pods, writers.acknowledged);
    const newest = await pods.revision();
    while (seen.length < newest) await turn();
    done.abort();
    await tail;
    expect(seen).toEqual(span(0, newest));
  });

  test('a snapshot succeeds though the log is too short for a scan', async () => {
    await using place = await Place.make(redis);
    const pods = (await place.open({ logLength: 10 })).resource('pods');
    await fill(pods, 5000);
    const writers = new Writers(pods, 64);
    await writers.reached(64);
    for (let round = 0; round < 3; round++) {
      const { revision, objects } = await pods.snapshot();
      expect(objects).toHaveLength(5064);
      expect(Math.max(...objects.map((object) => object.revision))).toBe(revision);
    }
    await writers.stop();
  });

  test('a tail of a log that was lost throws Compacted', async () => {
    await using place = await Place.make(redis);
    const pods = (await place.open()).resource('pods');
    await fill(pods, 5);
    const tail = pods.tail(0, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await tail.next();
    const waiting = expect(tail.next()).rejects.toMatchObject({ name: 'Compacted' });
    await administer(place, async (client) => {
      await client.flushall();
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    });
    await waiting;
  });

  test('functions that the server has forgotten are brought again', async () => {
    await using place = await Place.make(redis);
    const pods = (await place.open()).resource('pods');
    await put(pods, 'a', 'x');
    await administer(place, (client) => client.function('FLUSH'));
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => put(pods, `o-${i}`, 'x')));
    expect(made.sort((a, b) => a - b)).toEqual(span(1, 21));
  });

  test('what can wait waits for a server that is away; then it is unavailable', async () => {
    await using place = await Place.make(redis);
    const store = await place.open({ patience: 50 });
    const pods = store.resource('pods');
    await put(pods, 'a', 'x');
    await administer(place, (client) => client.shutdown('NOSAVE').catch(() => {}));
    await expect(pods.revision()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(put(pods, 'b', 'x')).rejects.toBeInstanceOf(StoreUnavailable);
    const patient = openStore(place.location, context, { patience: 10_000 });
    const server = await serve(place.directory);
    const again = await patient;
    expect(await again.resource('pods').revision()).toBe(1);
    await again.close();
    await server.stop();
  });

  test('a server may be far, by TCP and with a password', async () => {
    await using place = await Place.make(redis);
    const port = await freePort();
    await administer(place, async (client) => {
      await client.config('SET', 'port', port);
      await client.config('SET', 'requirepass', 'secret');
    });
    const store = await openStore({ kind: 'redis', url: `redis://:secret@127.0.0.1:${port}` }, context);
    expect(await put(store.resource('pods'), 'a', 'x')).toBe(1);
    await store.close();
    const wrong = openStore({ kind: 'redis', url: `redis://:wrong@127.0.0.1:${port}` }, context, { patience: 100 });
    await expect(wrong).rejects.toThrow(/password/);
  });
});

describe('opening a Redis', () => {
  test('that is not there says so', async () => {
    const opening = openStore({ kind: 'redis', url: 'redis://127.0.0.1:1' }, context, { patience: 50 });
    await expect(opening).rejects.toThrow(/Redis can't be reached: .*ECONNREFUSED/);
  });

  test('that is too old says so at once', async () => {
    const info = '# Server\r\nredis_version:6.2.14\r\n';
    const old = createServer((socket) => socket.on('data', () => socket.write(`$${info.length}\r\n${info}\r\n:1\r\n`)));
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    const { port } = old.address() as { port: number };
    const begin = realClock.monotonic();
    await expect(openStore({ kind: 'redis', url: `redis://127.0.0.1:${port}` }, context)).rejects.toThrow(/version 6.2.14; Kumulus needs/);
    expect(realClock.monotonic() - begin).toBeLessThan(5000);
    old.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
