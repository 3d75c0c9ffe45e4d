/** One connection to an endpoint: it carries one exchange at a time and waits in the endpoint's pool in between. */
import { connect, type Socket } from 'node:net';
import type { Clock } from '../../../types/part/clock.ts';
import type { Endpoint, IdleConnection } from '../endpoint.ts';
import { ResponseParser, type ResponseSink } from './response.ts';

/** Idle connections kept for each endpoint. */
const MOST_IDLE = 128;
/** Milliseconds that a connection may idle when the endpoint does not say: less than the 5 s after which Node's server closes it. */
const IDLE_LIMIT = 4000;
/** Milliseconds that a connection's setup may take. */
const CONNECT_LIMIT = 2000;

/** Who is told what happens on a connection during one exchange. */
export interface Exchange extends ResponseSink {
  connected(): void;
  /** The endpoint takes bytes again. */
  drained(): void;
  /** The connection broke, or what came is no response. `begun`: some of the response had come. */
  failed(error: Error, begun: boolean): void;
}

export class HttpConnection implements IdleConnection {
  readonly socket: Socket;
  readonly endpoint: Endpoint<HttpConnection>;
  idleSince = 0;
  /** It has carried an exchange before, so that the endpoint may be closing it just now. */
  reused = false;
  #idleLimit = IDLE_LIMIT;
  /** The connection was set up: something may have been sent on it. */
  established = false;
  #exchange: Exchange | undefined;
  #tunnel: ((socket: Socket, behind: Buffer) => void) | undefined;
  #tunnelled = false;
  #parser: ResponseParser | undefined;

  constructor(endpoint: Endpoint<HttpConnection>) {
    this.endpoint = endpoint;
    this.socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true, timeout: CONNECT_LIMIT });
    this.socket.on('connect', () => {
      this.socket.setTimeout(0);
      this.established = true;
      this.#exchange?.connected();
    });
    this.socket.on('timeout', () => this.socket.destroy(new Error('the connection timed out')));
    this.socket.on('data', (bytes) => this.#read(bytes));
    this.socket.on('drain', () => this.#exchange?.drained());
    this.socket.on('end', () => this.#ended());
    this.socket.on('error', (error) => this.#fail(error));
    this.socket.on('close', () => this.#fail(new Error('the endpoint closed the connection')));
  }

  get connecting(): boolean {
    return this.socket.connecting;
  }

  /** Gives the connection to an exchange, which then writes its request. */
  begin(exchange: Exchange, method: string): void {
    if (this.reused) this.socket.setTimeout(0);
    this.#exchange = exchange;
    this.#parser = new ResponseParser(exchange, method);
  }

  /**
   * Takes the connection back from an exchange that is over; true when it can carry another. `idleSeconds`: how long the endpoint says
   * that it keeps idle connections.
   */
  release(clock: Clock, reusable: boolean, idleSeconds: number | undefined): void {
    this.#exchange = undefined;
    const { endpoint } = this;
    if (!reusable || endpoint.retired || endpoint.idle.length >= MOST_IDLE || this.socket.destroyed) {
      this.close();
      return;
    }
    // A second less than the endpoint's own limit, so that it is we who close.
    this.#idleLimit = idleSeconds === undefined ? IDLE_LIMIT : Math.max(idleSeconds * 1000 - 1000, 1);
    this.idleSince = clock.monotonic();
    this.socket.setTimeout(this.#idleLimit);
    this.reused = true;
    endpoint.idle.push(this);
  }

  /** Whether it may still be used after idling until `now`. */
  fresh(now: number, limit = Number.POSITIVE_INFINITY): boolean {
    return !this.socket.destroyed && now - this.idleSince < Math.min(this.#idleLimit, limit);
  }

  /**
   * Hands the socket over for tunnelling when the head that is being read has ended; `behind` are the bytes that came after it. From then
   * on nothing here reads it.
   */
  tunnel(then: (socket: Socket, behind: Buffer) => void): void {
    this.#tunnel = then;
  }

  close(): void {
    this.#exchange = undefined;
    this.socket.destroy();
  }

  #read(bytes: Buffer): void {
    if (this.#tunnelled) return;
    const exchange = this.#exchange;
    const parser = this.#parser;
    // Bytes that nobody asked for: the connection can't be trusted with another request.
    if (!exchange || !parser || parser.done) {
      this.close();
      return;
    }
    try {
      const rest = parser.push(bytes);
      if (this.#tunnel) this.#handOver(rest ?? Buffer.alloc(0));
      else if (rest && rest.length > 0) this.close();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #handOver(behind: Buffer): void {
    this.#tunnelled = true;
    this.#exchange = undefined;
    this.#tunnel?.(this.socket, behind);
  }

  #ended(): void {
    if (this.#tunnelled) return;
    if (!this.#parser || this.#parser.done) {
      this.#drop();
      return;
    }
    try {
      this.#parser.finish();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#drop();
    exchange?.failed(error, this.#parser?.begun ?? false);
  }

  /** An idle connection that the endpoint closed leaves the pool. */
  #drop(): void {
    const at = this.endpoint.idle.indexOf(this);
    if (at >= 0) this.endpoint.idle.splice(at, 1);
    this.socket.destroy();
  }

  get keepAlive(): boolean {
    return this.#parser?.keepAlive ?? false;
  }
}

/**
 * A connection to an endpoint: the most recently used idle one, else a new one. Idle ones older than `limit` milliseconds are left alone
 * (a request that must not be sent twice takes only fresh ones).
 */
export function acquire(endpoint: Endpoint<HttpConnection>, now: number, limit: number): HttpConnection {
  const last = endpoint.idle.at(-1);
  if (last?.fresh(now, limit)) {
    endpoint.idle.pop();
    return last;
  }
  return new HttpConnection(endpoint);
}
