/**
 * One watch: subscribed to a cache, it turns changes into lines for one client. What the client does not read piles up in its connection;
 * past a bound it is cut off, never waited for.
 */
import { Compacted } from '../../store/errors.ts';
import type { Clock, Timer } from '../../types/part/clock.ts';
import { expired } from '../errors.ts';
import type { View } from '../output/view.ts';
import type { CachedObject } from './cached-object.ts';
import type { ResourceCache } from './resource-cache.ts';
import type { CacheEvent } from './window.ts';

/** Where a watch writes: an HTTP response. */
export interface Sink {
  write(bytes: Buffer): boolean;
  readonly writableLength: number;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  end(): void;
  destroy(): void;
}

export interface WatchSpec {
  /** The changes after this revision are shown. */
  after: number;
  /** Shows what is there first, as if it were just added. */
  initial: boolean;
  /** Ends the initial objects with a bookmark that says so. */
  initialEnd: boolean;
  bookmarks: boolean;
  /** What the keys must begin with. */
  prefix: string;
  /** Undefined: everything under the prefix. */
  matches: ((object: CachedObject) => boolean) | undefined;
  /** In ms; the stream ends then. */
  timeout: number;
}

/** A client that has not read so many bytes is cut off. */
const MAX_UNREAD = 16 * 1024 * 1024;
/** Initial objects are written in pieces of about this size, waiting for the client in between. */
const PIECE = 1024 * 1024;
const BOOKMARK_EVERY_MS = 60_000;

export class Watcher {
  readonly #cache: ResourceCache;
  readonly #view: View;
  readonly #spec: WatchSpec;
  readonly #sink: Sink;
  readonly #clock: Clock;
  readonly #timers: Timer[] = [];
  #stopListening: () => void = () => {};
  /** What came while the past was being sent; undefined when there is nothing to wait for. */
  #held: CacheEvent[] | undefined = [];
  #sentAny = false;
  #ended = false;
  /** Lines of this turn of the event loop: many changes come together, and each write is encrypted and sent by itself. */
  #gathered: Buffer[] = [];

  constructor(cache: ResourceCache, view: View, spec: WatchSpec, sink: Sink, clock: Clock) {
    this.#clock = clock;
    this.#cache = cache;
    this.#view = view;
    this.#spec = spec;
    this.#sink = sink;
  }

  /** Subscribes first, then sends the past, then what came meanwhile: no gap, no duplicate. The cache must be synced. */
  async run(): Promise<void> {
    this.#sink.once('close', () => this.#stop());
    this.#stopListening = this.#cache.listen({ events: (events) => this.#take(events), reset: () => this.#gone() });
    this.#timers.push(this.#clock.after(this.#spec.timeout, () => this.#timeOut()));
    if (this.#spec.bookmarks) this.#timers.push(this.#clock.every(BOOKMARK_EVERY_MS, () => this.#bookmark(false)));
    try {
      await (this.#spec.initial ? this.#sendInitial() : this.#sendPast());
    } catch (error) {
      if (!(error instanceof Compacted)) throw error;
      this.#gone();
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    if (held.length > 0) this.#show(held);
  }

  async #sendInitial(): Promise<void> {
    const revision = this.#cache.revision;
    let piece: Buffer[] = [];
    let length = 0;
    for (const object of this.#cache.range(this.#spec.prefix)) {
      if (this.#spec.matches && !this.#spec.matches(object)) continue;
      const line = this.#view.event('ADDED', object, !this.#sentAny);
      this.#sentAny = true;
      piece.push(line);
      length += line.length;
      if (length < PIECE) continue;
      await this.#writeAndWait(piece);
      if (this.#ended) return;
      piece = [];
      length = 0;
    }
    this.#write(piece);
    if (this.#spec.initialEnd) this.#writeLine(this.#view.bookmark(revision, true));
  }

  async #sendPast(): Promise<void> {
    if (this.#spec.after >= this.#cache.revision) return;
    const recent = this.#cache.since(this.#spec.after);
    if (recent) return this.#show(recent);
    const inWindow = this.#cache.since(this.#cache.windowStart) ?? [];
    const older = await this.#cache.history(this.#spec.after);
    this.#show(older);
    this.#show(inWindow);
  }

  #take(events: CacheEvent[]): void {
    if (this.#held) this.#held.push(...events);
    else this.#show(events);
  }

  #show(events: CacheEvent[]): void {
    for (const event of events) {
      if (event.revision <= this.#spec.after || !event.key.startsWith(this.#spec.prefix)) continue;
      const line = this.#lineOf(event);
      if (line) this.#gather(line);
    }
  }

  #gather(line: Buffer): void {
    this.#gathered.push(line);
    if (this.#gathered.length === 1) this.#clock.soon(() => this.#flush());
  }

  #flush(): void {
    const lines = this.#gathered;
    if (lines.length === 0) return;
    this.#gathered = [];
    this.#send(lines.length === 1 ? (lines[0] as Buffer) : Buffer.concat(lines));
  }

  /** Undefined: this client does not see the change. */
  #lineOf(event: CacheEvent): Buffer | undefined {
    const shown = this.#spec.matches ? transition(event, this.#spec.matches) : plain(event);
    if (!shown) return undefined;
    const { name, object } = shown;
    const id = `${name}${object === event.object ? '' : ' left'} ${this.#sentAny ? '' : 'first '}${this.#view.id}`;
    let line = event.bytes.get(id);
    if (!line) {
      line = this.#view.event(name, object, !this.#sentAny);
      event.bytes.set(id, line);
    }
    this.#sentAny = true;
    return line;
  }

  #bookmark(initialEnd: boolean): void {
    if (!this.#held && !this.#ended) this.#writeLine(this.#view.bookmark(this.#cache.revision, initialEnd));
  }

  #timeOut(): void {
    if (this.#spec.bookmarks) this.#bookmark(false);
    this.#stop();
    this.#sink.end();
  }

  /** The log has been lost: the client must list again. */
  #gone(): void {
    if (this.#ended) return;
    const { status } = expired('The resourceVersion for the provided watch is too old.');
    this.#writeLine(Buffer.from(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`));
    this.#stop();
    this.#sink.end();
  }

  #write(lines: Buffer[]): boolean {
    return lines.length === 0 || this.#writeLine(lines.length === 1 ? (lines[0] as Buffer) : Buffer.concat(lines));
  }

  async #writeAndWait(lines: Buffer[]): Promise<void> {
    if (this.#write(lines)) return;
    await new Promise<void>((resolve) => {
      this.#sink.once('drain', resolve);
      this.#sink.once('close', resolve);
    });
  }

  /** Behind what was gathered. */
  #writeLine(bytes: Buffer): boolean {
    this.#flush();
    return this.#send(bytes);
  }

  #send(bytes: Buffer): boolean {
    if (this.#ended) return true;
    if (this.#sink.writableLength > MAX_UNREAD) {
      this.#stop();
      this.#sink.destroy();
      return true;
    }
    return this.#sink.write(bytes);
  }

  #stop(): void {
    this.#ended = true;
    this.#stopListening();
    for (const timer of this.#timers) timer.cancel();
  }
}

interface Shown {
  name: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: CachedObject;
}

const NAMES = { create: 'ADDED', update: 'MODIFIED', delete: 'DELETED' } as const;
const plain = (event: CacheEvent): Shown => ({ name: NAMES[event.type], object: event.object });

/**
 * With a selector, an object that begins to match is added and one that ceases to match is deleted. Where the state before is not known, an
 * object that does not match is shown as deleted: clients ignore the deletion of what they do not have.
 */
function transition(event: CacheEvent, matches: (object: CachedObject) => boolean): Shown | undefined {
  const { type, object, before } = event;
  if (type === 'create') return matches(object) ? { name: 'ADDED', object } : undefined;
  const was = before ? matches(before) : true;
  if (type === 'delete') return was || matches(object) ? { name: 'DELETED', object } : undefined;
  if (matches(object)) return { name: was ? 'MODIFIED' : 'ADDED', object };
  return was ? { name: 'DELETED', object: before ? before.at(event.revision) : object } : undefined;
}
