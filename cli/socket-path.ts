/** Unix sockets of an instance. Their paths may be 107 bytes at most, so a deep data directory's sockets live under the temp directory. */
import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from './failure.ts';

const MAX_PATH = 100;

export function socketPath(dir: string, name: string): string {
  const direct = join(dir, name);
  if (Buffer.byteLength(direct) <= MAX_PATH) return direct;
  const away = join(tmpdir(), `kumulus-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`);
  mkdirSync(away, { recursive: true, mode: 0o700 });
  if (process.getuid && statSync(away).uid !== process.getuid()) throw new Failure(`${away} belongs to another user; remove it`);
  return join(away, name);
}
