import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { context, put, turn } from '../conformance/world.ts';
import { openStore } from '../open.ts';
import { findRedis } from './find.ts';
import { launchRedis, type RedisProcess } from './launch.ts';

const binary = await findRedis();

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kumulus-launch-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function program(name: string, output: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\necho '${output}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe('a Redis is found', () => {
  test('where REDIS_BIN says, else on the PATH', async () => {
    const named = await program('my-redis', 'Redis server v=7.4.1 sha=00000000:0 malloc=libc bits=64 build=1');
    const onPath = await program('valkey-server', 'Valkey server v=8.1.1 sha=00000000:0 malloc=libc bits=64 build=1');
    expect(await findRedis({ REDIS_BIN: named, PATH: directory })).toEqual({ path: named, name: 'redis', version: '7.4.1' });
    expect(await findRedis({ PATH: `/nowhere:${directory}` })).toEqual({ path: onPath, name: 'valkey', version: '8.1.1' });
    expect(await findRedis({ PATH: '/nowhere' })).toBeUndefined();
  });

  test('but not one that is too old, or none at all', async () => {
    const old = await program('redis-server', 'Redis server v=6.0.16 sha=00000000:0');
    await expect(findRedis({ PATH: directory })).rejects.toThrow(`${old} is version 6.0.16; Kumulus needs Redis 7.0 or newer, or Valkey`);
    await expect(findRedis({ REDIS_BIN: '/no/such' })).rejects.toThrow('REDIS_BIN is /no/such, which is not a program that can be run');
    const cat = await program('cat', 'meow');
    await expect(findRedis({ REDIS_BIN: cat })).rejects.toThrow(/does not answer like a Redis server/);
  });
});

describe.skipIf(!binary)('a launched Redis', () => {
  const launched: RedisProcess[] = [];
  const launch = async (at = directory) => {
    const server = await launchRedis({ directory: at, ...context });
    launched.push(server);
    return server;
  };
  afterEach(() => Promise.all(launched.splice(0).map((server) => server.stop())));

  async function writeOne(url: string, key: string): Promise<number> {
    const store = await openStore({ kind: 'redis', url }, context);
    const revision = await put(store.resource('pods'), key, 'x');
    await store.close();
    return revision;
  }

  test('keeps what it has when it is stopped and launched again', async () => {
    const first = await launch();
    expect(await writeOne(first.url, 'a')).toBe(1);
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = await launch();
    expect(await writeOne(second.url, 'b')).toBe(2);
  });

  test('that was left behind gives way to a new one', async () => {
    const left = await launch();
    const server = await launch();
    await left.exited;
    expect(server.pid).not.toBe(left.pid);
    expect(await writeOne(server.url, 'a')).toBe(1);
  });

  test.skipIf(!existsSync('/usr/bin/setpriv'))('ends with the process that launched it, even when that is killed', async () => {
    const script = `
      const { launchRedis } = await import(${JSON.stringify(new URL('./launch.ts', import.meta.url).href)});
      const { context } = await import(${JSON.stringify(new URL('../conformance/world.ts', import.meta.url).href)});
      const server = await launchRedis({ directory: ${JSON.stringify(directory)}, ...context });
      console.log(server.pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(parent, 'exit');
    const left = Number(String((await once(parent.stdout, 'data'))[0]));
    parent.kill('SIGKILL');
    await ended;
    while (exists(left)) await turn();
    const server = await launch();
    expect(await writeOne(server.url, 'a')).toBe(1);
  });

  test('may be in a directory with a long name and odd characters', async () => {
    const server = await launch(join(directory, 'with "quotes" and spaces', 'x'.repeat(120)));
    expect(await writeOne(server.url, 'a')).toBe(1);
  });

  test('says that it ended when it is killed', async () => {
    const server = await launch();
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('that can not come up says why', async () => {
    await writeFile(join(directory, 'appendonlydir'), 'a file where a directory should be');
    await expect(launch()).rejects.toThrow(/did not start: .*redis\.log/);
    const no = { path: join(directory, 'no'), name: 'redis', version: '7.0.0' };
    await expect(launchRedis({ directory, binary: no, ...context })).rejects.toThrow(/ENOENT|No such file/);
  });
});

/** Also of a process that has ended, until its parent, now init, has taken notice. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
