import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { StoreContext } from '../settings.ts';
import { findRedis, type RedisBinary } from './find.ts';

import { ping } from './ping.ts';
import { placeSocket } from './socket.ts';
import { endStale } from './stale.ts';

export interface LaunchOptions extends StoreContext {
  /** The server's data directory, made when missing. The caller sees to it that no other cloud uses it: a server found there is ended. */
  directory: string;
  /** Default: what `findRedis()` finds. */
  binary?: RedisBinary;
}

/** A private Redis server, a child of this process. */
export interface RedisProcess {
  /** `unix://<socket>`: for `openStore`, and for ioredis as it is. */
  url: string;
  pid: number;
  binary: RedisBinary;
  /** Resolves when the server has ended, however that came; then it may be launched again in the same directory. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends the server and waits for it. It keeps what it has. */
  stop(): Promise<void>;
}

const SILENT_MS = 30_000;
const STOP_WITHIN_MS = 10_000;
const POLL_MS = 2;

/** Starts a server and resolves when it answers. Rejects with what the server said when it does not come up. */
export async function launchRedis(options: LaunchOptions): Promise<RedisProcess> {
  const binary = options.binary ?? (await findRedis());
  if (!binary) throw new Error('no Redis found: put redis-server or valkey-server on the PATH, or name one in REDIS_BIN');
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const socket = await placeSocket(directory);
  await endStale(directory, socket, options);
  await rm(socket, { force: true });
  await writeFile(resolve(directory, 'redis.conf'), configuration(directory, socket));
  // A session of its own, so that Ctrl-C in a terminal reaches us and not the server, which has to outlive those who write to it.
  const [program = '', ...args] = endingWithUs([binary.path, resolve(directory, 'redis.conf')]);
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  return started(child, binary, socket, directory, options);
}

/** On Linux the kernel tells the server to end when this process is gone, however it went, so that none is left behind. */
function endingWithUs(command: string[]): string[] {
  const setpriv = '/usr/bin/setpriv';
  return existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--', ...command] : command;
}

/** Every acknowledged write is on disk (`appendfsync always`), and nothing is reachable from outside. */
function configuration(directory: string, socket: string): string {
  return [
    'port 0',
    `unixsocket ${quoted(socket)}`,
    'unixsocketperm 700',
    `dir ${quoted(directory)}`,
    `pidfile ${quoted(resolve(directory, 'redis.pid'))}`,
    `logfile ${quoted(resolve(directory, 'redis.log'))}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync always',
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

async function started(
  child: ChildProcess,
  binary: RedisBinary,
  socket: string,
  directory: string,
  options: LaunchOptions,
): Promise<RedisProcess> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once('exit', (code, signal) => done({ code, signal }));
    child.once('error', (error) => {
      complaint = error.message;
      done({ code: null, signal: null });
    });
  });
  if (!(await answers(socket, exited, options))) {
    child.kill('SIGKILL');
    throw new Error(`${binary.path} did not start: ${complaint.trim() || `see ${resolve(directory, 'redis.log')}`}`);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    const force = options.clock.after(STOP_WITHIN_MS, () => child.kill('SIGKILL'));
    await exited;
    force.cancel();
    if (dirname(socket) !== directory) await rm(dirname(socket), { recursive: true, force: true });
  };
  return { url: `unix://${socket}`, pid: child.pid as number, binary, exited, stop };
}

/** Whether the server comes to answer; false when it ends or stays silent. One that says it is still loading its data is waited for. */
async function answers(socket: string, exited: Promise<unknown>, { clock }: LaunchOptions): Promise<boolean> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  for (let deadline = clock.monotonic() + SILENT_MS; !ended && clock.monotonic() < deadline; await clock.sleep(POLL_MS)) {
    const answer = await ping(socket);
    if (answer === 'ready') return true;
    if (answer === 'busy') deadline = clock.monotonic() + SILENT_MS;
  }
  return false;
}
