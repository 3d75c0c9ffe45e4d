/**
 * The watch cache of one resource: every object as bytes, kept by tailing the store's log, with a window of recent changes.
 * Every read of the API is answered from here; writes go to the store and come back through the log.
 */
import { Compacted, SlowReader } from '../../store/errors.ts';
import type { Change, ResourceStore } from '../../store/store.ts';
import type { Clock } from '../../types/part/clock.ts';
import type { Log } from '../../types/part/log.ts';
import { CachedObject } from './cached-object.ts';
import { Freshness } from './freshness.ts';
import { KeyOrder } from './key-order.ts';
import { isOpening, openLog } from './open-log.ts';
import { type CacheEvent, EventWindow } from './window.ts';

export interface CacheListener {
  /** Changes in order, as they come. Must not throw. */
  events(events: CacheEvent[]): void;
  /** The cache lost the thread and was filled anew: whoever follows it must list again. */
  reset(): void;
}

/** How long after a failure the cache is filled again. */
const RETRY_MS = 200;

export class ResourceCache {
  readonly store: ResourceStore;
  /** Rejects only when the server ends. */
  readonly synced: Promise<void>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #type: () => { apiVersion: string; kind: string };
  readonly #freshness: Freshness;
  readonly #listeners = new Set<CacheListener>();
  #objects = new Map<string, CachedObject>();
  #order = new KeyOrder();
  #window = new EventWindow(0);
  #revision = 0;
  #isSynced = false;
  #isLost = false;
  #waiting: { revision: number; go: () => void }[] = [];

  /** `type` is asked for each object, since a custom kind's stored version may change. */
  constructor(
    store: ResourceStore,
    type: () => { apiVersion: string; kind: string },
    context: { clock: Clock; log: Log; signal: AbortSignal },
  ) {
    this.store = store;
    this.#type = type;
    this.#clock = context.clock;
    this.#log = context.log;
    this.#signal = context.signal;
    this.#freshness = new Freshness(() => store.revision());
    this.synced = new Promise((resolve) => void this.#follow(resolve));
  }

  /** The newest revision that is in the cache. */
  get revision(): number {
    return this.#revision;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** The store has failed, and the cache has not been filled again yet. */
  get isLost(): boolean {
    return this.#isLost;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Resolves when the cache holds all that was acknowledged before the call: a read after it is linearizable. */
  async fresh(): Promise<void> {
    if (!this.#isSynced) await this.synced;
    const newest = await this.#freshness.newest();
    if (newest > this.#revision) await this.reached(newest);
  }

  /** Resolves to true when the cache has reached `revision`, to false when it has not `within` so many milliseconds. */
  reached(revision: number, within = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (this.#revision >= revision) return Promise.resolve(true);
    return new Promise((resolve) => {
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((w) => w !== entry);
        resolve(false);
      };
      const timer = within === Number.POSITIVE_INFINITY ? undefined : this.#clock.after(within, giveUp);
      const go = () => {
        timer?.cancel();
        resolve(true);
      };
      const entry = { revision, go };
      this.#waiting.push(entry);
    });
  }

  get(key: string): CachedObject | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<CachedObject> {
    return this.#objects.values();
  }

  /** In order of key: the objects whose key begins with `prefix` and is greater than `after`. */
  range(prefix: string, after = ''): CachedObject[] {
    return this.#order.range(prefix, after).map((key) => this.#objects.get(key) as CachedObject);
  }

  /** As `range`, but as of an older revision; undefined when the window does not reach back to it. */
  rangeAt(revision: number, prefix: string, after = ''): CachedObject[] | undefined {
    if (revision === this.#revision) return this.range(prefix, after);
    const events = this.#window.since(revision);
    if (!events) return undefined;
    const then = new Map<string, CachedObject | undefined>();
    for (const event of events) {
      if (event.key.startsWith(prefix) && event.key > after && !then.has(event.key)) then.set(event.key, event.before);
    }
    const objects = this.range(prefix, after).filter((object) => !then.has(object.key));
    for (const object of then.values()) if (object) objects.push(object);
    return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The changes after `revision`, or undefined when the window does not reach back to it. */
  since(revision: number): CacheEvent[] | undefined {
    return this.#window.since(revision);
  }

  /** The revision after which the window holds every change. */
  get windowStart(): number {
    return this.#window.after;
  }

  /** The changes after `after` and up to where the window begins, read back from the store. Throws `Compacted`. */
  async history(after: number): Promise<CacheEvent[]> {
    const through = this.#window.after;
    const events: CacheEvent[] = [];
    const known = new Map<string, CachedObject>();
    for (const change of await this.store.range(after, through)) {
      if (isOpening(change)) continue;
      const object = new CachedObject(change.key, change.revision, change.value, this.#type());
      events.push({ ...eventOf(change, object), before: known.get(change.key) });
      if (change.type === 'delete') known.delete(change.key);
      else known.set(change.key, object);
    }
    return events;
  }

  /** Returns how to end it. */
  listen(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A write of this process that the store has acknowledged: taken in at once where it is the very next one, else it comes by the log. */
  offer(change: Change): void {
    if (this.#isSynced && change.revision === this.#revision + 1) this.#take([change]);
  }

  async #follow(synced: () => void): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#fill();
        synced();
        for await (const changes of this.store.tail(this.#revision, { signal: this.#signal })) this.#take(changes);
      } catch (error) {
        if (this.#signal.aborted) return;
        const behind = error instanceof Compacted || error instanceof SlowReader;
        this.#isLost = !behind;
        this.#log[behind ? 'info' : 'error']({ resource: this.store.resource, error }, 'watch cache lost the log and is filled anew');
        if (!behind) await this.#clock.sleep(RETRY_MS, this.#signal);
      }
    }
  }

  async #fill(): Promise<void> {
    let snapshot = await this.store.snapshot();
    if (snapshot.revision === 0) {
      await openLog(this.store);
      snapshot = await this.store.snapshot();
    }
    const type = this.#type();
    const objects = snapshot.objects.filter((o) => !isOpening(o));
    this.#objects = new Map(objects.map((o) => [o.key, new CachedObject(o.key, o.revision, o.value, type)]));
    this.#order = new KeyOrder(objects.map((o) => o.key));
    this.#window = new EventWindow(snapshot.revision);
    this.#revision = snapshot.revision;
    this.#isSynced = true;
    this.#isLost = false;
    for (const listener of [...this.#listeners]) listener.reset();
    this.#wake();
  }

  #take(changes: Change[]): void {
    const events: CacheEvent[] = [];
    for (const change of changes) {
      if (change.revision <= this.#revision) continue;
      if (!isOpening(change)) events.push(this.#apply(change));
      this.#revision = change.revision;
    }
    if (events.length > 0) for (const listener of this.#listeners) listener.events(events);
    this.#wake();
  }

  #apply(change: Change): CacheEvent {
    const object = new CachedObject(change.key, change.revision, change.value, this.#type());
    const before = this.#objects.get(change.key);
    if (change.type === 'delete') {
      this.#objects.delete(change.key);
      this.#order.delete(change.key);
    } else {
      this.#objects.set(change.key, object);
      if (!before) this.#order.add(change.key);
    }
    const event = { ...eventOf(change, object), before };
    this.#window.push(event);
    return event;
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((w) => w.revision <= this.#revision);
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter((w) => w.revision > this.#revision);
    for (const waiter of ready) waiter.go();
  }
}

function eventOf(change: Change, object: CachedObject): CacheEvent {
  return { revision: change.revision, type: change.type, key: change.key, object, before: undefined, bytes: new Map() };
}
