import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StoreContext } from '../settings.ts';

const STOP_WITHIN_MS = 10_000;
const POLL_MS = 5;

/**
 * Ends the server that a killed predecessor left behind in a data directory: two servers on one append-only file would ruin it. It is
 * ended and not taken over, because only of its own child a process learns when it dies. What it has acknowledged is on disk.
 */
export async function endStale(directory: string, socket: string, { clock, log }: StoreContext): Promise<void> {
  const pid = await readPid(join(directory, 'redis.pid'));
  if (!pid || !(await isOurs(pid, socket))) return;
  log.warn({ pid }, 'ending a Redis server that an earlier run left behind');
  const deadline = clock.monotonic() + STOP_WITHIN_MS;
  signal(pid, 'SIGTERM');
  while (await isOurs(pid, socket)) {
    if (clock.monotonic() > deadline) signal(pid, 'SIGKILL');
    await clock.sleep(POLL_MS);
  }
}

async function readPid(file: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/** Process ids are used again: the process must be one that calls itself by our socket, as Redis does in its title. */
async function isOurs(pid: number, socket: string): Promise<boolean> {
  if (!signal(pid, 0)) return false;
  try {
    return (await commandLine(pid)).includes(socket);
  } catch {
    return false;
  }
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8');
  return (await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
}

/** False when there is no such process, or none of ours. */
function signal(pid: number, what: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, what);
  } catch {
    return false;
  }
}
