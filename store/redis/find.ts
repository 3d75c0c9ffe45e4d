import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export interface RedisBinary {
  /** Absolute, or as REDIS_BIN says. */
  path: string;
  /** `redis` or `valkey`. */
  name: string;
  /** As the server calls itself: `7.0.15`. */
  version: string;
}

const NAMES = ['redis-server', 'valkey-server'];

/**
 * The server to start: the file that REDIS_BIN names, else `redis-server` or `valkey-server` on the PATH; undefined when there is none.
 * Throws when REDIS_BIN names no program, or when the server found is too old (Redis before 7.0).
 */
export async function findRedis(env: NodeJS.ProcessEnv = process.env): Promise<RedisBinary | undefined> {
  const named = env.REDIS_BIN;
  if (named && !isProgram(named)) throw new Error(`REDIS_BIN is ${named}, which is not a program that can be run`);
  const path = named || onPath(env.PATH ?? '');
  if (!path) return undefined;
  const { stdout } = await promisify(execFile)(path, ['--version']);
  return checked(path, stdout);
}

function onPath(path: string): string | undefined {
  const directories = path.split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => directories.map((directory) => join(directory, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** `Redis server v=7.0.15 sha=…`, `Valkey server v=8.1.1 sha=…` */
function checked(path: string, output: string): RedisBinary {
  const [, name, version] = /^(\w+) server v=(\S+)/i.exec(output) ?? [];
  if (!name || !version) throw new Error(`${path} --version does not answer like a Redis server: ${output.slice(0, 100)}`);
  if (Number.parseInt(version, 10) < 7) throw new Error(`${path} is version ${version}; Kumulus needs Redis 7.0 or newer, or Valkey`);
  return { path, name: name.toLowerCase(), version };
}
