import type { Redis } from 'ioredis';
import { StoreUnavailable } from '../errors.ts';
import type { StoreContext } from '../settings.ts';
import { Connection } from './connection.ts';
import { loadFunctions } from './dial.ts';
import { type FunctionName, functionName } from './functions.ts';

type Argument = string | Buffer | number;

const LOADING_PAUSE_MS = 10;

/** What became of a request that failed. */
type Failure = 'not-sent' | 'lost' | 'loading' | 'no-function' | 'refused';

/** The one connection that a process's questions and writes share, many in flight at once. */
export class Session {
  readonly connection: Connection;
  readonly #context: StoreContext;
  readonly #patience: number;

  constructor(url: string, context: StoreContext, patience: number) {
    this.connection = new Connection(url, 'kumulus-store', context);
    this.#context = context;
    this.#patience = patience;
  }

  /** Asks something that changes nothing, again and again while the connection is gone, until the signal (default: the patience) ends. */
  read<T>(ask: (client: Redis) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#attempt(ask, (failure) => failure !== 'refused', signal);
  }

  /**
   * Calls one of our functions. It is sent again only when it certainly was not carried out; when the connection breaks while it is
   * under way, its outcome is unknown and it rejects `StoreUnavailable`.
   */
  call(name: FunctionName, keys: string[], args: Argument[]): Promise<unknown> {
    const send = (client: Redis) => client.callBuffer('FCALL', functionName[name], keys.length, ...keys, ...args);
    return this.#attempt(send, (failure) => failure !== 'refused' && failure !== 'lost');
  }

  close(): void {
    this.connection.close();
  }

  async #attempt<T>(ask: (client: Redis) => Promise<T>, again: (failure: Failure) => boolean, signal?: AbortSignal): Promise<T> {
    const line = this.connection.line;
    if (line) {
      try {
        return await ask(line.client);
      } catch (error) {
        if (!again(failureOf(error as Error))) throw unavailable(error as Error);
        if (failureOf(error as Error) === 'no-function') await loadFunctions(line.client).catch(() => {});
      }
    }
    return signal ? this.#insist(ask, again, signal) : this.#withPatience((limit) => this.#insist(ask, again, limit));
  }

  async #insist<T>(ask: (client: Redis) => Promise<T>, again: (failure: Failure) => boolean, signal: AbortSignal): Promise<T> {
    for (;;) {
      const { client } = await this.connection.ready(signal);
      try {
        return await ask(client);
      } catch (error) {
        const failure = failureOf(error as Error);
        if (!again(failure) || signal.aborted) throw unavailable(error as Error);
        if (failure === 'no-function') await loadFunctions(client).catch(() => {});
        else await this.#context.clock.sleep(LOADING_PAUSE_MS, signal);
      }
    }
  }

  async #withPatience<T>(run: (limit: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const timer = this.#context.clock.after(this.#patience, () => limit.abort());
    try {
      return await run(limit.signal);
    } finally {
      timer.cancel();
    }
  }
}

function failureOf(error: Error): Failure {
  if (error.message.startsWith("Stream isn't writeable")) return 'not-sent';
  if (error.name !== 'ReplyError') return 'lost';
  if (error.message.startsWith('LOADING')) return 'loading';
  if (error.message.includes('Function not found')) return 'no-function';
  return 'refused';
}

function unavailable(error: Error): StoreUnavailable {
  const what = error.name === 'ReplyError' ? 'Redis refused' : 'the connection to Redis broke';
  return new StoreUnavailable(`${what}: ${error.message}`, { cause: error });
}
