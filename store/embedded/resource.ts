import type { Backlog } from '../backlog.ts';
import { Compacted, type StoreUnavailable } from '../errors.ts';
import { follow } from '../follow.ts';
import type { Change, ResourceStore, Snapshot, StoredObject, TailOptions, Write, WriteResult } from '../store.ts';
import type { Committer } from './committer.ts';
import { unpackChanges, unpackObjects } from './pack.ts';
import type { DatabaseThread } from './thread.ts';

export class EmbeddedResource implements ResourceStore {
  readonly resource: string;
  readonly #thread: DatabaseThread;
  readonly #committer: Committer;
  readonly #readers = new Set<Backlog>();
  #newest: number;
  #ended: Error | undefined;

  constructor(resource: string, newest: number, thread: DatabaseThread, committer: Committer) {
    this.resource = resource;
    this.#newest = newest;
    this.#thread = thread;
    this.#committer = committer;
  }

  /** The newest acknowledged revision. Nobody else writes the file, so this is the truth. */
  get newest(): number {
    return this.#newest;
  }

  async revision(): Promise<number> {
    if (this.#ended) throw this.#ended;
    return this.#newest;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const { objects } = await this.#thread.ask({ ask: 'get', resource: this.resource, key });
    return objects?.flatMap(unpackObjects)[0];
  }

  write(write: Write): Promise<WriteResult> {
    const { key, expect, value, type } = write;
    return this.#committer.write({ resource: this.resource, key, expect, value, type });
  }

  async snapshot(): Promise<Snapshot> {
    const { revision = 0, objects = [] } = await this.#thread.ask({ ask: 'list', resource: this.resource });
    return { revision, objects: objects.flatMap(unpackObjects).sort((a, b) => (a.key < b.key ? -1 : 1)) };
  }

  tail(after: number, options: TailOptions): AsyncIterable<Change[]> {
    const source = {
      resource: this.resource,
      join: (backlog: Backlog) => this.#join(backlog),
      leave: (backlog: Backlog) => void this.#readers.delete(backlog),
      history: (from: number, through: number) => this.range(from, through),
    };
    return follow(source, after, options);
  }

  async range(after: number, through: number): Promise<Change[]> {
    const { oldest = 0, changes } = await this.#thread.ask({ ask: 'range', resource: this.resource, after, through });
    if (after < oldest) throw new Compacted(this.resource, after, oldest);
    return changes ? unpackChanges(changes) : [];
  }

  async oldest(): Promise<number> {
    return (await this.#thread.ask({ ask: 'oldest', resource: this.resource })).oldest ?? 0;
  }

  async compact(revision: number): Promise<void> {
    await this.#thread.ask({ ask: 'compact', resource: this.resource, revision });
  }

  /** Called with what was just committed, in order. */
  publish(changes: Change[]): void {
    this.#newest = changes.at(-1)?.revision ?? this.#newest;
    for (const backlog of this.#readers) backlog.push(changes);
  }

  /** Ends all tails with the error. */
  end(error: StoreUnavailable): void {
    this.#ended = error;
    for (const backlog of this.#readers) backlog.fail(error);
  }

  async #join(backlog: Backlog): Promise<number> {
    if (this.#ended) throw this.#ended;
    this.#readers.add(backlog);
    return this.#newest;
  }
}
