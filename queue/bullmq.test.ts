import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { createBullQueue } from './bullmq.ts';
import { queueConformance } from './conformance.ts';
import type { BackoffOptions } from './queue.ts';

let dir: string;
let socket: string;
let redis: ChildProcess;
let queues = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kumulus-queue-'));
  socket = join(dir, 'redis.sock');
  redis = spawn(process.env.REDIS_BIN ?? 'redis-server', ['--port', '0', '--unixsocket', socket, '--dir', dir, '--save', ''], {
    stdio: 'ignore',
  });
  await until(() => existsSync(socket));
});

afterAll(async () => {
  const ended = once(redis, 'exit');
  redis.kill();
  await ended;
  await rm(dir, { recursive: true });
});

const open = (name: string, backoff?: BackoffOptions) =>
  createBullQueue(name, { redis: socket, clock: realClock, log: silentLog, lockDuration: 500, ...(backoff && { backoff }) });

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 4000) throw new Error('it never came true');
    await realClock.sleep(2);
  }
}

queueConformance('on BullMQ', (backoff) => open(`test-${++queues}`, backoff));

test('entries stay for the next process', async () => {
  const before = open('stays');
  await before.add('a');
  await before.add('b', { after: 5 });
  await before.drain();
  const after = open('stays');
  const ran: string[] = [];
  after.work(async (key) => void ran.push(key));
  await until(() => ran.length === 2);
  await after.drain();
});

test('processes share the work, and never run one key at the same time', async () => {
  const several = [open('shared'), open('shared')];
  const running = new Set<string>();
  let runs = 0;
  let twins = 0;
  for (const queue of several) {
    queue.work(
      async (key) => {
        if (running.has(key)) twins++;
        running.add(key);
        await realClock.sleep(3);
        running.delete(key);
        runs++;
      },
      { workers: 5 },
    );
  }
  for (let i = 0; i < 100; i++) await several[i % 2]?.add(`k${i % 7}`);
  await until(() => runs >= 7 && running.size === 0);
  expect(twins).toBe(0);
  await Promise.all(several.map((queue) => queue.drain()));
});

const CHILD = `
import { createBullQueue } from ${JSON.stringify(new URL('./bullmq.ts', import.meta.url).href)};
import { realClock } from ${JSON.stringify(new URL('../types/part/clock.ts', import.meta.url).href)};
import { silentLog } from ${JSON.stringify(new URL('../types/part/log.ts', import.meta.url).href)};
const queue = createBullQueue('killed', { redis: process.argv[1], clock: realClock, log: silentLog, lockDuration: 500 });
queue.work(async (key) => { process.stdout.write(key + '\\n'); await new Promise(() => {}); });
`;

test('what a killed process was running is run by another', async () => {
  const queue = open('killed');
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await queue.add('a');
  await once(child.stdout, 'data');
  await queue.add('a');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  let runs = 0;
  queue.work(async () => void runs++);
  await until(() => runs >= 1);
  await queue.drain();
}, 20_000);
