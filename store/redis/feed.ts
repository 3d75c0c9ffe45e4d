import type { Redis } from 'ioredis';
import type { Backlog } from '../backlog.ts';
import { Compacted, StoreUnavailable } from '../errors.ts';
import type { StoreContext } from '../settings.ts';
import type { Change } from '../store.ts';
import { decodeEntry, decodeRevision, type RawEntry } from './codec.ts';
import { Connection } from './connection.ts';
import { resourceKeys } from './keys.ts';
import type { Session } from './session.ts';

const PAGE = 1000;
/** Redis answers at least so often; an answer twice as late means that the connection is dead without having said so. */
const BLOCK_MS = 5_000;
const REFUSED_PAUSE_MS = 100;

/** One stream that is read for this process's tails. */
interface Stream {
  resource: string;
  log: string;
  revisionKey: string;
  /** The revision up to which it was read. */
  position: number;
  readers: Set<Backlog>;
}

/** Reads the logs of all resources that this process tails, over one connection of its own that blocks until there is something. */
export class Feed {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #context: StoreContext;
  readonly #streams = new Map<string, Stream>();
  readonly #closing = new AbortController();
  #running = false;
  /** Counts the reads begun, so that an interrupt knows whether the read that it is meant for is over. */
  #reads = 0;
  #reading = false;

  constructor(url: string, session: Session, context: StoreContext) {
    this.#connection = new Connection(url, 'kumulus-feed', context);
    this.#session = session;
    this.#context = context;
  }

  /** Pushes every change after the returned revision to the backlog, until it leaves. */
  async join(resource: string, backlog: Backlog, signal: AbortSignal): Promise<number> {
    const known = this.#streams.get(resource);
    if (known) return this.#admit(known, backlog);
    const { log, revision: revisionKey } = resourceKeys(resource);
    const position = decodeRevision(await this.#session.read((client) => client.get(revisionKey), signal));
    const stream = this.#streams.get(resource) ?? { resource, log, revisionKey, position, readers: new Set() };
    if (!this.#streams.has(resource)) {
      this.#streams.set(resource, stream);
      this.#noticeNewStream();
    }
    return this.#admit(stream, backlog);
  }

  leave(resource: string, backlog: Backlog): void {
    const stream = this.#streams.get(resource);
    if (!stream?.readers.delete(backlog)) return;
    if (stream.readers.size === 0) this.#streams.delete(resource);
  }

  /** Ends all tails with an error. */
  close(error: Error): void {
    this.#closing.abort();
    this.#connection.close();
    for (const { readers } of this.#streams.values()) for (const backlog of readers) backlog.fail(error);
  }

  #admit(stream: Stream, backlog: Backlog): number {
    if (this.#closing.signal.aborted) throw new StoreUnavailable('the store is closed');
    stream.readers.add(backlog);
    return stream.position;
  }

  #noticeNewStream(): void {
    if (!this.#running) void this.#run();
    else if (this.#reading) void this.#interrupt(this.#reads);
  }

  async #run(): Promise<void> {
    this.#running = true;
    let checked: Redis | undefined;
    while (this.#streams.size > 0 && !this.#closing.signal.aborted) {
      try {
        const { client } = await this.#connection.ready(this.#closing.signal);
        if (client !== checked) await this.#checkForLoss(client);
        checked = client;
        await this.#readOnce(client);
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        const refused = (error as Error).name === 'ReplyError';
        if (refused) this.#context.log.warn({ err: error }, 'Redis refused to read the logs');
        await this.#context.clock.sleep(refused ? REFUSED_PAUSE_MS : 1, this.#closing.signal);
      }
    }
    this.#running = false;
  }

  async #readOnce(client: Redis): Promise<void> {
    const streams = [...this.#streams.values()];
    if (streams.length === 0) return;
    const silence = this.#context.clock.after(2 * BLOCK_MS, () => this.#connection.breakOff());
    this.#reads++;
    this.#reading = true;
    try {
      const ids = streams.map((stream) => `${stream.position}-0`);
      const logs = streams.map((stream) => stream.log);
      const reply = await client.callBuffer('XREAD', 'COUNT', PAGE, 'BLOCK', BLOCK_MS, 'STREAMS', ...logs, ...ids);
      if (reply) this.#distribute(streams, reply as [Buffer, RawEntry[]][]);
    } finally {
      this.#reading = false;
      silence.cancel();
    }
  }

  #distribute(streams: Stream[], reply: [Buffer, RawEntry[]][]): void {
    const byLog = new Map(streams.map((stream) => [stream.log, stream]));
    for (const [log, entries] of reply) {
      const stream = byLog.get(log.toString());
      if (stream) deliver(stream, entries.map(decodeEntry));
    }
  }

  /**
   * A read that blocks does not know of streams that were added since: it is unblocked from the other connection. The read may not have
   * arrived at the server yet, so this is repeated until it has ended.
   */
  async #interrupt(read: number): Promise<void> {
    while (this.#reading && this.#reads === read) {
      const id = this.#connection.line?.id;
      if (id === undefined) return;
      try {
        await this.#session.read((client) => client.client('UNBLOCK', id), this.#closing.signal);
      } catch {
        return;
      }
    }
  }

  /** After a reconnect: a log that is shorter than we have read was lost with its server's disk; its readers must list again. */
  async #checkForLoss(client: Redis): Promise<void> {
    const streams = [...this.#streams.values()];
    const counters = await client.mget(streams.map((stream) => stream.revisionKey));
    for (const [i, stream] of streams.entries()) {
      const revision = decodeRevision(counters[i] ?? null);
      if (revision >= stream.position) continue;
      this.#streams.delete(stream.resource);
      for (const backlog of stream.readers) backlog.fail(new Compacted(stream.resource, stream.position, revision));
    }
  }
}

function deliver(stream: Stream, changes: Change[]): void {
  stream.position = changes.at(-1)?.revision ?? stream.position;
  for (const backlog of stream.readers) backlog.push(changes);
}
