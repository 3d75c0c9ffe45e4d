/**
 * store/ keeps revisioned objects and the log of their changes. One interface, two drivers: Redis (the engine the project is built
 * on) and embedded SQLite (one API process, no Redis at hand). One conformance suite holds both to this page.
 *
 * A *resource* is a name such as `pods`, `deployments.apps` or `machines.cloud.kumulus.dev`. Each has objects under keys
 * (`namespace/name`, or `name`), a revision counter, and a log. Revisions are whole numbers from 1, dense, and per resource.
 */

/** What happened to an object. A `delete` entry carries the object's last state, as watchers are shown it. */
export type ChangeType = 'create' | 'update' | 'delete';

/**
 * One entry of a resource's log. Its revision is also the object's resourceVersion after the change. A value that the store gives out
 * may be kept for long and must not be changed: it has memory of its own, or is the one that was given to `write`.
 */
export interface Change {
  revision: number;
  type: ChangeType;
  key: string;
  value: Buffer;
}

export interface StoredObject {
  key: string;
  revision: number;
  value: Buffer;
}

/** One atomic write: checked against the object's present revision, written, and appended to the log, or nothing of it. */
export interface Write {
  key: string;
  /** The revision that the object must have now; 0: it must not exist. */
  expect: number;
  /** The new value, or for a delete the last state. */
  value: Buffer;
  type: ChangeType;
}

/** `current` is what stands in the way: undefined when the object does not exist. */
export type WriteResult = { ok: true; revision: number } | { ok: false; current: StoredObject | undefined };

export interface Snapshot {
  /** The resource's newest revision at the time of the snapshot; every object in `objects` is exactly as of it. */
  revision: number;
  /** In ascending order of key (by UTF-16 code unit). */
  objects: StoredObject[];
}

export interface TailOptions {
  signal: AbortSignal;
  /** A reader that lets this many entries pile up unread is cut off with `SlowReader`. Default 100,000. */
  maxBacklog?: number;
}

export interface ResourceStore {
  readonly resource: string;
  /** The newest committed revision, 0 when nothing was ever written. Linearizable: it is at least that of every write acknowledged before the call. */
  revision(): Promise<number>;
  /** One object, linearizably. */
  get(key: string): Promise<StoredObject | undefined>;
  /** Resolves when the write is on disk (or refused); rejects `StoreUnavailable` when the outcome can't be known. */
  write(write: Write): Promise<WriteResult>;
  /** Every object at one revision. */
  snapshot(): Promise<Snapshot>;
  /**
   * Every change after revision `after`, in order, with no gap and no duplicate, in batches as they come, without end until the signal
   * aborts. Survives a lost connection by itself. Throws `Compacted` when `after` is older than the log, `SlowReader` when cut off.
   */
  tail(after: number, options: TailOptions): AsyncIterable<Change[]>;
  /** Changes after `after` up to and with `through`, for catching up. Throws `Compacted` when `after` is older than the log. */
  range(after: number, through: number): Promise<Change[]>;
  /** The oldest revision that `tail` and `range` accept as `after`. */
  oldest(): Promise<number>;
  /** Forgets the log up to and with `revision`; the objects stay. */
  compact(revision: number): Promise<void>;
}

export interface Store {
  resource(name: string): ResourceStore;
  /** The names of all resources that were ever written. */
  resources(): Promise<string[]>;
  /**
   * Takes one of a set of numbers or names for an owner, atomically over all API processes (cluster IPs, node ports): true when it is now, or
   * already was, the owner's. `claims` are kept in the pool `pool`.
   */
  claim(pool: string, item: string, owner: string): Promise<boolean>;
  /** Gives an item back, if it is the owner's. */
  release(pool: string, item: string, owner: string): Promise<void>;
  claims(pool: string): Promise<Map<string, string>>;
  close(): Promise<void>;
}
