import { Redis } from 'ioredis';
import { library } from './functions.ts';

/** The server answers, but is none that we can work with; trying again does not help. */
export class UnfitServer extends Error {
  override name = 'UnfitServer';
}

/** One live connection. It is never reconnected: when it breaks, everything under way rejects, and a new one is dialled. */
export interface Line {
  client: Redis;
  /** CLIENT ID of this connection. */
  id: number;
}

/** Connects, checks the server's version and brings the functions there. */
export async function dial(url: string, name: string, onEnd: (client: Redis) => void): Promise<Line> {
  const client = new Redis(url, {
    connectionName: name,
    lazyConnect: true,
    // A resent command could be carried out twice: whoever asked decides.
    retryStrategy: null,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
    connectTimeout: 5_000,
  });
  let cause: Error | undefined;
  client.on('error', (error: Error) => {
    cause = error;
  });
  client.on('end', () => onEnd(client));
  try {
    await client.connect();
    const [info, id] = await Promise.all([client.info('server'), client.client('ID')]);
    checkServer(String(info));
    await loadFunctions(client);
    return { client, id: Number(id) };
  } catch (error) {
    client.disconnect();
    throw error instanceof UnfitServer ? error : (cause ?? error);
  }
}

/** FUNCTION LOAD; it's fine when another process was first. */
export async function loadFunctions(client: Redis): Promise<void> {
  try {
    await client.function('LOAD', library);
  } catch (error) {
    if (!(error as Error).message.includes('already exists')) throw error;
  }
}

/** Redis 7.0 brought functions and the multi-part append-only file. Valkey reports the Redis version that it is compatible with. */
function checkServer(info: string): void {
  if (/^redis_mode:cluster/m.test(info)) {
    throw new UnfitServer('this Redis is a node of a Redis Cluster, which Kumulus does not support yet; give it a Redis that stands alone');
  }
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  if (Number.parseInt(version, 10) >= 7) return;
  throw new UnfitServer(`this Redis is version ${version}; Kumulus needs Redis 7.0 or newer, or Valkey`);
}
