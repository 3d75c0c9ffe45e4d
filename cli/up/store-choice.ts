/** Which store `kumulus up` uses, and why, in one line. */
import type { RedisBinary } from '../../store/redis/find.ts';
import { Failure, wrongUsage } from '../failure.ts';
import type { Remembered } from './instance.ts';

export interface StoreRequest {
  /** `--store`. */
  store?: string;
  /** `--redis`, else REDIS_URL. */
  redis?: string;
}

export type StoreChoice =
  | { kind: 'external'; url: string; line: string }
  | { kind: 'child'; binary: RedisBinary; line: string }
  | { kind: 'embedded'; line: string };

/** `found` is the Redis server of this machine (`redis-server` or `valkey-server` on the PATH or in REDIS_BIN). */
export function chooseStore(request: StoreRequest, remembered: Remembered | undefined, found: RedisBinary | undefined): StoreChoice {
  const { store, redis } = request;
  if (store !== undefined && store !== 'embedded' && store !== 'redis')
    throw wrongUsage(`--store ${store}: there are "redis" and "embedded"`);
  if (store === 'embedded' && redis) throw wrongUsage('--store embedded and a Redis URL exclude each other');
  const choice = redis ? external(redis) : byEngine(store ?? remembered?.store, remembered, found);
  return checked(choice, remembered);
}

function external(url: string): StoreChoice {
  if (!/^(rediss?|unix):\/\//.test(url)) throw wrongUsage(`"${url}" is not a Redis URL; write it as redis://HOST:PORT or unix:///PATH`);
  return { kind: 'external', url, line: `store: redis at ${url.replace(/\/\/[^@/]*@/, '//')}` };
}

function byEngine(engine: string | undefined, remembered: Remembered | undefined, found: RedisBinary | undefined): StoreChoice {
  if (engine === 'embedded') {
    const why = remembered?.store === 'embedded' ? 'as this data directory was begun' : 'as asked';
    return { kind: 'embedded', line: `store: embedded SQLite (${why})` };
  }
  if (remembered?.redis) return external(remembered.redis);
  if (found) return { kind: 'child', binary: found, line: `store: ${found.name} ${found.version}, a private child (${found.path})` };
  if (engine === 'redis') {
    throw new Failure(
      'no redis-server or valkey-server on the PATH or in REDIS_BIN; install one (apt-get install redis-server) or give --redis URL',
    );
  }
  return {
    kind: 'embedded',
    line: 'store: embedded SQLite (no redis-server on the PATH; install one or give --redis URL for the full engine)',
  };
}

/** Objects are in the store that a data directory began with: another one would show an empty cloud. */
function checked(choice: StoreChoice, remembered: Remembered | undefined): StoreChoice {
  if (!remembered) return choice;
  const kind = choice.kind === 'embedded' ? 'embedded' : 'redis';
  if (kind === remembered.store) return choice;
  throw new Failure(`this data directory was begun with the ${remembered.store} store; use that, or start with a fresh --data-dir`);
}
