import { StoreUnavailable } from '../errors.ts';
import type { StoreContext, StoreSettings } from '../settings.ts';
import type { ResourceStore, Store } from '../store.ts';
import { Committer } from './committer.ts';
import { EmbeddedResource } from './resource.ts';
import { type DatabaseThread, startThread } from './thread.ts';

/**
 * The store in one SQLite file, for one process.
 *
 * The database is in a thread of its own. On the main thread a commit is simpler and, at 64 writes in flight, no slower (27,000 a second);
 * but there every wait for the disk stops the whole API server: no request is read and no watch is fed meanwhile, and on a laptop's disk a
 * wait takes milliseconds. In a thread it costs some 0.05 ms of a lone write, and the next transaction gathers while one commits.
 */
export class EmbeddedStore implements Store {
  readonly #thread: DatabaseThread;
  readonly #counters: Map<string, number>;
  readonly #committer: Committer;
  readonly #resources = new Map<string, EmbeddedResource>();

  constructor(thread: DatabaseThread, counters: Map<string, number>) {
    this.#thread = thread;
    this.#counters = counters;
    this.#committer = new Committer(thread, (resource, changes) => this.#resource(resource).publish(changes));
  }

  resource(name: string): ResourceStore {
    return this.#resource(name);
  }

  async resources(): Promise<string[]> {
    const resources = [...this.#resources.values()].filter((resource) => resource.newest > 0).map(({ resource }) => resource);
    return [...new Set([...this.#counters.keys(), ...resources])].sort();
  }

  async claim(pool: string, item: string, owner: string): Promise<boolean> {
    return (await this.#thread.ask({ ask: 'claim', pool, item, owner })).granted === true;
  }

  async release(pool: string, item: string, owner: string): Promise<void> {
    await this.#thread.ask({ ask: 'release', pool, item, owner });
  }

  async claims(pool: string): Promise<Map<string, string>> {
    return (await this.#thread.ask({ ask: 'claims', pool })).claims ?? new Map();
  }

  async close(): Promise<void> {
    await this.#committer.close();
    const error = new StoreUnavailable('the store is closed');
    for (const resource of this.#resources.values()) resource.end(error);
    await this.#thread.close();
  }

  #resource(name: string): EmbeddedResource {
    let resource = this.#resources.get(name);
    if (!resource) {
      resource = new EmbeddedResource(name, this.#counters.get(name) ?? 0, this.#thread, this.#committer);
      this.#resources.set(name, resource);
    }
    return resource;
  }
}

/** Opens the file; rejects with a sentence for the user when it can't be, as when another process has it open. */
export async function openEmbedded(file: string, _context: StoreContext, settings: Required<StoreSettings>): Promise<Store> {
  const { thread, counters } = await startThread({ file, logLength: settings.logLength });
  return new EmbeddedStore(thread, counters);
}
