import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `sockaddr_un.sun_path` holds 108 bytes on Linux and 104 on macOS, the ending zero included. */
const LONGEST_PATH = 103;

/** Where the server of a data directory listens: in it, or when that path is too long for a socket, in a private directory for temporary files. */
export async function placeSocket(directory: string): Promise<string> {
  const socket = join(directory, 'redis.sock');
  if (Buffer.byteLength(socket) <= LONGEST_PATH) return socket;
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const place = join(tmpdir(), `kumulus-${hash}`);
  await mkdir(place, { recursive: true, mode: 0o700 });
  return join(place, 'redis.sock');
}
