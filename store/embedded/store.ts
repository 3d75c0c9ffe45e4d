import type { Clock } from '../../types/part/clock.ts';
import type { Backlog } from '../backlog.ts';
import { Compacted, StoreUnavailable } from '../errors.ts';
import { follow } from '../follow.ts';
import type { StoreContext, StoreSettings } from '../settings.ts';
import type { Change, ResourceStore, Snapshot, Store, StoredObject, TailOptions, Write, WriteResult } from '../store.ts';
import { Database, type ResourceWrite } from './database.ts';

interface Pending {
  write: ResourceWrite;
  resolve(result: WriteResult): void;
  reject(error: Error): void;
}

/** The store in one SQLite file, for one process. */
export class EmbeddedStore implements Store {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #resources = new Map<string, EmbeddedResource>();
  #pending: Pending[] = [];
  #closed = false;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  resource(name: string): ResourceStore {
    return this.#resource(name);
  }

  async resources(): Promise<string[]> {
    return this.open().resources().sort();
  }

  async claim(pool: string, item: string, owner: string): Promise<boolean> {
    return this.open().claim(pool, item, owner);
  }

  async release(pool: string, item: string, owner: string): Promise<void> {
    this.open().release(pool, item, owner);
  }

  async claims(pool: string): Promise<Map<string, string>> {
    return this.open().claims(pool);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#commit();
    this.#closed = true;
    for (const resource of this.#resources.values()) resource.end(new StoreUnavailable('the store is closed'));
    this.#database.close();
  }

  /** The database; throws when the store is closed. */
  open(): Database {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
    return this.#database;
  }

  /** Joins the next transaction, which all writes of this turn of the event loop share, and with it the wait for the disk. */
  write(write: ResourceWrite): Promise<WriteResult> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    if (this.#pending.length === 0) this.#clock.after(0, () => this.#commit());
    return new Promise((resolve, reject) => this.#pending.push({ write, resolve, reject }));
  }

  #resource(name: string): EmbeddedResource {
    let resource = this.#resources.get(name);
    if (!resource) {
      resource = new EmbeddedResource(name, this);
      this.#resources.set(name, resource);
    }
    return resource;
  }

  #commit(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    try {
      const results = this.#database.commit(pending.map(({ write }) => write));
      this.#publish(pending, results);
      for (const [i, { resolve }] of pending.entries()) resolve(results[i] as WriteResult);
    } catch (error) {
      const failure = new StoreUnavailable(`the database refused: ${(error as Error).message}`, { cause: error });
      for (const { reject } of pending) reject(failure);
    }
  }

  #publish(pending: Pending[], results: WriteResult[]): void {
    const batches = new Map<string, Change[]>();
    for (const [i, { write }] of pending.entries()) {
      const result = results[i] as WriteResult;
      if (!result.ok) continue;
      const { resource, key, type, value } = write;
      const change = { revision: result.revision, type, key, value };
      const batch = batches.get(resource);
      if (batch) batch.push(change);
      else batches.set(resource, [change]);
    }
    for (const [resource, batch] of batches) this.#resource(resource).publish(batch);
  }
}

class EmbeddedResource implements ResourceStore {
  readonly resource: string;
  readonly #store: EmbeddedStore;
  readonly #readers = new Set<Backlog>();

  constructor(resource: string, store: EmbeddedStore) {
    this.resource = resource;
    this.#store = store;
  }

  async revision(): Promise<number> {
    return this.#store.open().revision(this.resource);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    return this.#store.open().get(this.resource, key);
  }

  write(write: Write): Promise<WriteResult> {
    return this.#store.write({ resource: this.resource, ...write });
  }

  async snapshot(): Promise<Snapshot> {
    const database = this.#store.open();
    const objects = database.list(this.resource).sort((a, b) => (a.key < b.key ? -1 : 1));
    return { revision: database.revision(this.resource), objects };
  }

  tail(after: number, options: TailOptions): AsyncIterable<Change[]> {
    const source = {
      resource: this.resource,
      join: async (backlog: Backlog) => {
        const revision = this.#store.open().revision(this.resource);
        this.#readers.add(backlog);
        return revision;
      },
      leave: (backlog: Backlog) => void this.#readers.delete(backlog),
      history: (from: number, through: number) => this.range(from, through),
    };
    return follow(source, after, options);
  }

  async range(after: number, through: number): Promise<Change[]> {
    const database = this.#store.open();
    const oldest = database.oldest(this.resource);
    if (after < oldest) throw new Compacted(this.resource, after, oldest);
    return database.range(this.resource, after, through);
  }

  async oldest(): Promise<number> {
    return this.#store.open().oldest(this.resource);
  }

  async compact(revision: number): Promise<void> {
    this.#store.open().compact(this.resource, revision);
  }

  publish(batch: Change[]): void {
    for (const backlog of this.#readers) backlog.push(batch);
  }

  end(error: Error): void {
    for (const backlog of this.#readers) backlog.fail(error);
  }
}

/** Opens the file, or rejects with a sentence for the user. */
export async function openEmbedded(file: string, { clock }: StoreContext, settings: Required<StoreSettings>): Promise<Store> {
  return new EmbeddedStore(new Database(file, settings.logLength), clock);
}
