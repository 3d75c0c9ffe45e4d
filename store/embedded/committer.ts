import { StoreUnavailable } from '../errors.ts';
import type { Change, WriteResult } from '../store.ts';
import { packWrites, type ResourceWrite, unpackResults } from './pack.ts';
import type { DatabaseThread } from './thread.ts';

interface Pending {
  write: ResourceWrite;
  resolve(result: WriteResult): void;
  reject(error: Error): void;
}

/** Group commit: what is written while one transaction is on its way to the disk goes into the next, all of it. */
export class Committer {
  readonly #thread: DatabaseThread;
  readonly #publish: (resource: string, changes: Change[]) => void;
  #pending: Pending[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  /** `publish` is called with each resource's changes once they are on disk, in order, before the writes resolve. */
  constructor(thread: DatabaseThread, publish: (resource: string, changes: Change[]) => void) {
    this.#thread = thread;
    this.#publish = publish;
  }

  write(write: ResourceWrite): Promise<WriteResult> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ write, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses further writes and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // One turn later, so that writes made side by side share the first transaction too.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      await this.#commit(batch);
    }
    this.#running = undefined;
  }

  async #commit(batch: Pending[]): Promise<void> {
    try {
      const writes = packWrites(batch.map(({ write }) => write));
      const { results } = await this.#thread.ask({ ask: 'commit', writes }, [writes.values.bytes]);
      this.#settle(batch, results ? unpackResults(results) : []);
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    }
  }

  #settle(batch: Pending[], results: WriteResult[]): void {
    const changes = new Map<string, Change[]>();
    for (const [i, { write }] of batch.entries()) {
      const result = results[i];
      if (!result?.ok) continue;
      const { resource, key, type, value } = write;
      const change = { revision: result.revision, type, key, value };
      const before = changes.get(resource);
      if (before) before.push(change);
      else changes.set(resource, [change]);
    }
    for (const [resource, some] of changes) this.#publish(resource, some);
    for (const [i, { resolve }] of batch.entries()) resolve(results[i] as WriteResult);
  }
}
