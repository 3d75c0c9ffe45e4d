import { coalesce } from '../coalesce.ts';
import { Compacted } from '../errors.ts';
import { follow } from '../follow.ts';
import type { Change, ResourceStore, Snapshot, StoredObject, TailOptions, Write, WriteResult } from '../store.ts';
import { decodeEntry, decodeObject, decodeRevision, encodeType, type RawEntry } from './codec.ts';
import type { Feed } from './feed.ts';
import { RESOURCES_KEY, type ResourceKeys, resourceKeys } from './keys.ts';
import type { Session } from './session.ts';
import { takeSnapshot } from './snapshot.ts';

/** So many entries are asked for at a time, so that one long answer does not hold up everybody's writes. */
const PAGE = 1000;

export class RedisResource implements ResourceStore {
  readonly resource: string;
  readonly revision: () => Promise<number>;
  readonly #keys: ResourceKeys;
  readonly #session: Session;
  readonly #feed: Feed;
  readonly #logLength: number;
  #announced: Promise<void> | undefined;
  #isAnnounced = false;

  constructor(resource: string, session: Session, feed: Feed, logLength: number) {
    this.resource = resource;
    this.#keys = resourceKeys(resource);
    this.#session = session;
    this.#feed = feed;
    this.#logLength = logLength;
    this.revision = coalesce(async () => decodeRevision(await session.read((client) => client.get(this.#keys.revision))));
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const stored = await this.#session.read((client) => client.hgetBuffer(this.#keys.objects, key));
    return stored ? decodeObject(key, stored) : undefined;
  }

  async write({ key, expect, value, type }: Write): Promise<WriteResult> {
    if (!this.#isAnnounced) await this.#announce();
    const { objects, revision, log } = this.#keys;
    const args = [key, String(expect), encodeType(type), value, this.#logLength];
    const reply = await this.#session.call('write', [objects, revision, log], args);
    if (typeof reply === 'number') return { ok: true, revision: reply };
    return { ok: false, current: reply ? decodeObject(key, reply as Buffer) : undefined };
  }

  snapshot(): Promise<Snapshot> {
    return takeSnapshot(this.#session, this.#keys, (after, through) => this.range(after, through));
  }

  tail(after: number, options: TailOptions): AsyncIterable<Change[]> {
    const source = {
      resource: this.resource,
      join: this.#feed.join.bind(this.#feed, this.resource),
      leave: this.#feed.leave.bind(this.#feed, this.resource),
      history: (from: number, through: number, signal: AbortSignal) => this.#read(from, through, signal),
    };
    return follow(source, after, options);
  }

  range(after: number, through: number): Promise<Change[]> {
    return this.#read(after, through);
  }

  /** One less than the oldest entry; of an empty log the newest revision, which is read in the same transaction. */
  async oldest(): Promise<number> {
    const { log, revision } = this.#keys;
    const replies = await this.#session.read((client) => client.multi().xrangeBuffer(log, '-', '+', 'COUNT', 1).get(revision).exec());
    const [first, counter] = (replies ?? []).map(([, reply]) => reply) as [RawEntry[], string | null];
    return first[0] ? decodeEntry(first[0]).revision - 1 : decodeRevision(counter);
  }

  async compact(revision: number): Promise<void> {
    const through = Math.min(revision, await this.revision());
    if (through < 1) return;
    await this.#session.read((client) => client.xtrim(this.#keys.log, 'MINID', '=', through + 1));
  }

  async #read(after: number, through: number, signal?: AbortSignal): Promise<Change[]> {
    const changes: Change[] = [];
    for (let last = after; last < through; ) {
      const page = await this.#page(last, through, signal);
      if (page[0]?.revision !== last + 1) await this.#explainGap(last);
      if (page.length === 0) break;
      for (const change of page) changes.push(change);
      last += page.length;
    }
    return changes;
  }

  async #page(after: number, through: number, signal?: AbortSignal): Promise<Change[]> {
    const ask = async () =>
      this.#session.read((client) => client.xrangeBuffer(this.#keys.log, `${after + 1}-0`, `${through}-0`, 'COUNT', PAGE), signal);
    return ((await ask()) as unknown as RawEntry[]).map(decodeEntry);
  }

  /** Nothing follows `after`: either it is the newest revision, or what followed is forgotten. */
  async #explainGap(after: number): Promise<void> {
    const oldest = await this.oldest();
    if (after < oldest) throw new Compacted(this.resource, after, oldest);
  }

  /** Before the first write, so that no resource is ever written without being named. */
  #announce(): Promise<void> {
    this.#announced ??= this.#session
      .read((client) => client.sadd(RESOURCES_KEY, this.resource))
      .then(() => {
        this.#isAnnounced = true;
      })
      .finally(() => {
        this.#announced = undefined;
      });
    return this.#announced;
  }
}
