import { StoreUnavailable } from '../errors.ts';
import type { StoreContext, StoreSettings } from '../settings.ts';
import type { ResourceStore, Store } from '../store.ts';
import { decodeRevision } from './codec.ts';
import { Feed } from './feed.ts';
import { poolKey, RESOURCES_KEY, resourceKeys } from './keys.ts';
import { RedisResource } from './resource.ts';
import { Session } from './session.ts';

/** The store on Redis 7.0 or newer, or Valkey. */
export class RedisStore implements Store {
  readonly #session: Session;
  readonly #feed: Feed;
  readonly #logLength: number;
  readonly #resources = new Map<string, RedisResource>();

  constructor(session: Session, feed: Feed, logLength: number) {
    this.#session = session;
    this.#feed = feed;
    this.#logLength = logLength;
  }

  resource(name: string): ResourceStore {
    let resource = this.#resources.get(name);
    if (!resource) {
      resource = new RedisResource(name, this.#session, this.#feed, this.#logLength);
      this.#resources.set(name, resource);
    }
    return resource;
  }

  async resources(): Promise<string[]> {
    const names = await this.#session.read((client) => client.smembers(RESOURCES_KEY));
    if (names.length === 0) return [];
    const counters = await this.#session.read((client) => client.mget(names.map((name) => resourceKeys(name).revision)));
    return names.filter((_, i) => decodeRevision(counters[i] ?? null) > 0).sort();
  }

  async claim(pool: string, item: string, owner: string): Promise<boolean> {
    return (await this.#session.call('claim', [poolKey(pool)], [item, owner])) === 1;
  }

  async release(pool: string, item: string, owner: string): Promise<void> {
    await this.#session.call('release', [poolKey(pool)], [item, owner]);
  }

  async claims(pool: string): Promise<Map<string, string>> {
    return new Map(Object.entries(await this.#session.read((client) => client.hgetall(poolKey(pool)))));
  }

  async close(): Promise<void> {
    this.#feed.close(new StoreUnavailable('the store is closed'));
    this.#session.close();
  }
}

/** Connects; rejects `StoreUnavailable` when that does not succeed within the patience, `UnfitServer` when the server is too old. */
export async function openRedis(url: string, context: StoreContext, settings: Required<StoreSettings>): Promise<Store> {
  const session = new Session(url, context, settings.patience);
  try {
    await session.read((client) => client.ping());
  } catch (error) {
    session.close();
    throw error;
  }
  return new RedisStore(session, new Feed(url, session, context), settings.logLength);
}
