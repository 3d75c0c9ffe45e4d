import type { Redis } from 'ioredis';
import { StoreUnavailable } from '../errors.ts';
import type { StoreContext } from '../settings.ts';
import { dial, type Line, UnfitServer } from './dial.ts';

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

interface Waiter {
  resolve(line: Line): void;
  reject(error: Error): void;
}

/** Keeps one connection to Redis up: dials, and dials again with growing pauses, until closed. */
export class Connection {
  readonly #url: string;
  readonly #name: string;
  readonly #context: StoreContext;
  readonly #waiters = new Set<Waiter>();
  readonly #closing = new AbortController();
  #line: Line | undefined;
  #dialling = false;
  #lastError: Error | undefined;

  constructor(url: string, name: string, context: StoreContext) {
    this.#url = url;
    this.#name = name;
    this.#context = context;
  }

  /** The live connection, if there is one at this moment. */
  get line(): Line | undefined {
    return this.#line;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** The live connection, waited for until the signal aborts; then rejects `StoreUnavailable` with the last reason known. */
  ready(signal: AbortSignal): Promise<Line> {
    if (this.#line) return Promise.resolve(this.#line);
    if (this.closed || signal.aborted) return Promise.reject(this.#unavailable());
    void this.#keepDialling();
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = () => waiter.reject(this.#unavailable());
      const waiter: Waiter = {
        resolve: (line) => {
          settle();
          resolve(line);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Breaks the connection off, as when it has fallen silent; what is under way rejects. */
  breakOff(): void {
    this.#line?.client.disconnect();
  }

  close(): void {
    this.#closing.abort();
    this.breakOff();
    for (const waiter of [...this.#waiters]) waiter.reject(this.#unavailable());
  }

  async #keepDialling(): Promise<void> {
    if (this.#dialling) return;
    this.#dialling = true;
    const { clock, log } = this.#context;
    for (let pause = FIRST_PAUSE_MS; !this.closed && !this.#line; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        this.#connected(await dial(this.#url, this.#name, (client) => this.#ended(client)));
      } catch (error) {
        this.#lastError = error as Error;
        if (error instanceof UnfitServer) for (const waiter of [...this.#waiters]) waiter.reject(error);
        log.debug({ connection: this.#name, err: error }, 'no connection to Redis yet');
        await clock.sleep(pause, this.#closing.signal);
      }
    }
    this.#dialling = false;
  }

  #connected(line: Line): void {
    if (this.closed || line.client.status !== 'ready') {
      line.client.disconnect();
      return;
    }
    this.#line = line;
    for (const waiter of [...this.#waiters]) waiter.resolve(line);
  }

  #ended(client: Redis): void {
    if (this.#line?.client !== client) return;
    this.#line = undefined;
    if (this.closed) return;
    this.#context.log.warn({ connection: this.#name }, 'lost the connection to Redis');
    void this.#keepDialling();
  }

  #unavailable(): StoreUnavailable {
    if (this.closed) return new StoreUnavailable('the store is closed');
    const reason = this.#lastError?.message ?? 'no connection yet';
    return new StoreUnavailable(`Redis can't be reached: ${reason}`, { cause: this.#lastError });
  }
}
