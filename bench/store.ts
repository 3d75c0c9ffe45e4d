/**
 * Both drivers of the store, measured on this machine: `node bench/store.ts` prints a table. Values are 1.4 KB, about a pod's size. A commit
 * counts when it is acknowledged, which is when it is on disk.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../store/open.ts';
import { findRedis } from '../store/redis/find.ts';
import { launchRedis } from '../store/redis/launch.ts';
import type { ResourceStore, Store } from '../store/store.ts';
import { realClock as clock } from '../types/part/clock.ts';
import { silentLog as log } from '../types/part/log.ts';

const VALUE = Buffer.alloc(1400, 'x');
const ROUNDS = 3;
const ROUND_MS = 700;
const IN_FLIGHT = [1, 16, 64];
const OBJECTS = 100_000;

interface Figures {
  [name: string]: string;
}

/** The middle one of an odd number of repeats. */
function median(values: number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** `writers` loops, each on an object of its own, each with one write under way. */
async function commitsPerSecond(resource: ResourceStore, writers: number): Promise<number> {
  const begin = clock.monotonic();
  let commits = 0;
  const write = async (key: string) => {
    let expect = (await resource.get(key))?.revision ?? 0;
    while (clock.monotonic() - begin < ROUND_MS) {
      const result = await resource.write({ key, expect, value: VALUE, type: expect === 0 ? 'create' : 'update' });
      expect = result.ok ? result.revision : (result.current?.revision ?? 0);
      commits++;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, i) => write(`bench/w-${i}`)));
  return (commits / (clock.monotonic() - begin)) * 1000;
}

/** Milliseconds from the call of `write` until a tail has the change, with `writers` writes under way. */
async function tailLatencies(resource: ResourceStore, writers: number): Promise<number[]> {
  const latencies: number[] = [];
  const begun = new Map<string, number>();
  const done = new AbortController();
  const after = await resource.revision();
  const reading = (async () => {
    for await (const batch of resource.tail(after, { signal: done.signal })) {
      for (const { key } of batch) latencies.push(clock.monotonic() - (begun.get(key) ?? Number.NaN));
    }
  })();
  const end = clock.monotonic() + ROUND_MS;
  let count = 0;
  const write = async () => {
    while (clock.monotonic() < end) {
      const key = `bench/t-${count++}`;
      begun.set(key, clock.monotonic());
      await resource.write({ key, expect: 0, value: VALUE, type: 'create' });
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  while (latencies.length < count) await clock.sleep(1);
  done.abort();
  await reading;
  return latencies;
}

async function fill(resource: ResourceStore): Promise<void> {
  for (let i = 0; i < OBJECTS; i += 1000) {
    const writes = Array.from({ length: 1000 }, (_, j) => ({ key: `bench/${i + j}`, expect: 0, value: VALUE, type: 'create' as const }));
    await Promise.all(writes.map((write) => resource.write(write)));
  }
}

async function snapshotMs(resource: ResourceStore): Promise<number> {
  const begin = clock.monotonic();
  const { objects } = await resource.snapshot();
  if (objects.length !== OBJECTS) throw new Error(`${objects.length} objects instead of ${OBJECTS}`);
  return clock.monotonic() - begin;
}

async function rounds(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < ROUNDS; i++) values.push(await measure());
  return median(values);
}

async function measure(store: Store): Promise<Figures> {
  const figures: Figures = {};
  const commits = store.resource('bench-commits');
  await commitsPerSecond(commits, 16);
  for (const n of IN_FLIGHT) figures[`commits/s, ${n} in flight`] = Math.round(await rounds(() => commitsPerSecond(commits, n))).toString();
  for (const n of [1, 16]) {
    const latencies = await tailLatencies(store.resource(`bench-tail-${n}`), n);
    figures[`write to tail, ${n} in flight: p50, p99`] =
      `${percentile(latencies, 0.5).toFixed(2)}, ${percentile(latencies, 0.99).toFixed(2)} ms`;
  }
  const many = store.resource('bench-many');
  await fill(many);
  figures[`snapshot of ${OBJECTS} objects`] = `${Math.round(await rounds(() => snapshotMs(many)))} ms`;
  return figures;
}

async function inDirectory<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'kumulus-bench-'));
  try {
    return await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function measureEmbedded(): Promise<Figures> {
  return inDirectory(async (directory) => {
    const store = await openStore({ kind: 'embedded', file: join(directory, 'store.sqlite') }, { clock, log });
    const figures = await measure(store);
    await store.close();
    return figures;
  });
}

function measureRedis(): Promise<Figures> {
  return inDirectory(async (directory) => {
    const server = await launchRedis({ directory, clock, log });
    try {
      const store = await openStore({ kind: 'redis', url: server.url }, { clock, log });
      const figures = await measure(store);
      await store.close();
      return figures;
    } finally {
      await server.stop();
    }
  });
}

function print(columns: Record<string, Figures>): void {
  const names = Object.keys(columns);
  console.log(['', ...names].map((cell, i) => (i ? cell.padStart(16) : cell.padEnd(40))).join(''));
  for (const row of Object.keys(Object.values(columns)[0] ?? {})) {
    console.log(row.padEnd(40) + names.map((name) => (columns[name]?.[row] ?? '').padStart(16)).join(''));
  }
}

const binary = await findRedis();
if (!binary) console.log('no Redis on this machine: only the embedded store is measured');
const redis = binary ? { [`${binary.name} ${binary.version}`]: await measureRedis() } : {};
print({ ...redis, embedded: await measureEmbedded() });
