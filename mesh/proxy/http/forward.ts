/** Carries one request to an endpoint and its response back, both streaming; tries other endpoints while that is safe. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../../types/part/clock.ts';
import type { HttpEndpoint } from '../cluster.ts';
import { countStatus } from '../counters.ts';
import { answer } from './answer.ts';
import { type Choice, noEndpoint } from './choice.ts';
import { acquire, type Exchange, type HttpConnection } from './connection.ts';
import type { ResponseHead } from './head.ts';
import { editHeaders, requestHead } from './rewrite.ts';

/** Endpoints tried for one request at most. */
const MOST_TRIES = 4;
/** A request that must not be carried out twice takes a pooled connection only when it idled less than this (ms): older ones may be closing. */
const FRESH = 500;
/** Methods that may be sent again when a connection broke before any answer (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

export class Forward implements Exchange {
  readonly #clock: Clock;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #choice: Choice & { cluster: NonNullable<Choice['cluster']> };
  readonly #hasBody: boolean;
  readonly #chunked: boolean;
  readonly #tried: HttpEndpoint[] = [];
  #connection: HttpConnection | undefined;
  #endpoint: HttpEndpoint | undefined;
  #tries = 0;
  #bodyBegun = false;
  #bodySent = false;
  #over = false;
  #idleSeconds: number | undefined;
  #limit: Timer | undefined;
  #tryLimit: Timer | undefined;

  constructor(clock: Clock, request: IncomingMessage, response: ServerResponse, choice: Forward['choice']) {
    this.#clock = clock;
    this.#request = request;
    this.#response = response;
    this.#choice = choice;
    this.#chunked = request.headers['transfer-encoding'] !== undefined;
    this.#hasBody = this.#chunked || Number(request.headers['content-length'] ?? 0) > 0;
    this.#bodySent = !this.#hasBody;
  }

  get choice() {
    return this.#choice;
  }

  start(): void {
    const { cluster, rule } = this.#choice;
    cluster.counters.requests += 1;
    cluster.counters.active += 1;
    if (rule) rule.counters.active += 1;
    this.#response.on('close', () => this.#closed());
    if (rule?.config.timeout) this.#limit = this.#clock.after(rule.config.timeout, () => this.#expired(rule.config.timeout as number));
    this.#try(false);
  }

  /** `anew`: not on a pooled connection, as one has just turned out to be closed. */
  #try(anew: boolean): void {
    const now = this.#clock.monotonic();
    const client = this.#request.socket.remoteAddress ?? '';
    const { cluster, rule } = this.#choice;
    const endpoint = cluster.pick(client, now, this.#tried);
    if (!endpoint) {
      this.#refuse();
      return;
    }
    this.#tries += 1;
    this.#endpoint = endpoint;
    endpoint.active += 1;
    const connection = acquire(endpoint, now, anew ? 0 : this.#repeatable ? Number.POSITIVE_INFINITY : FRESH);
    this.#connection = connection;
    const limit = rule?.config.backendTimeout;
    if (limit) this.#tryLimit = this.#clock.after(limit, () => this.#expired(limit));
    connection.begin(this, this.#request.method as string);
    if (!connection.connecting) this.connected();
  }

  get #repeatable(): boolean {
    return !this.#hasBody && IDEMPOTENT.has(this.#request.method as string);
  }

  connected(): void {
    const { entry, rule } = this.#choice;
    const { socket } = this.#connection as HttpConnection;
    socket.write(requestHead(this.#request, entry, rule?.config), 'latin1');
    if (this.#hasBody) this.#sendBody();
  }

  #sendBody(): void {
    this.#bodyBegun = true;
    const request = this.#request;
    request.on('data', (bytes: Buffer) => {
      if (!this.#over && !this.#write(bytes)) request.pause();
    });
    request.on('end', () => {
      if (this.#over) return;
      if (this.#chunked) this.#connection?.socket.write('0\r\n\r\n', 'latin1');
      this.#bodySent = true;
    });
  }

  #write(bytes: Buffer): boolean {
    const { socket } = this.#connection as HttpConnection;
    if (!this.#chunked) return socket.write(bytes);
    socket.cork();
    socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
    socket.write(bytes);
    const more = socket.write('\r\n', 'latin1');
    socket.uncork();
    return more;
  }

  drained(): void {
    this.#request.resume();
  }

  head(head: ResponseHead, last: boolean): void {
    this.#tryLimit?.cancel();
    this.#idleSeconds = head.idleSeconds;
    this.#endpoint?.answered();
    if (head.status === 101) throw new Error('the endpoint switches protocols without having been asked to');
    const edits = this.#choice.rule?.config.responseHeaders;
    this.#response.writeHead(head.status, head.reason, edits ? editHeaders(head.headers, edits) : head.headers);
    this.#count(head.status);
    if (last) this.end();
    else process.nextTick(() => this.#flushHead());
  }

  /** A body that takes its time must not hold up the head; one that came along with it shares its packet. */
  #flushHead(): void {
    if (!this.#over) this.#response.flushHeaders();
  }

  body(bytes: Buffer, last: boolean): void {
    if (last) {
      this.#finish(bytes);
      return;
    }
    if (this.#response.write(bytes)) return;
    const { socket } = this.#connection as HttpConnection;
    socket.pause();
    this.#response.once('drain', () => socket.resume());
  }

  end(): void {
    this.#finish();
  }

  #finish(bytes?: Buffer): void {
    this.#over = true;
    this.#giveBack(this.#bodySent);
    this.#response.end(bytes);
    // What is left of the request is of no use to anyone; reading it lets the client's connection carry on.
    if (!this.#bodySent) this.#request.resume();
  }

  failed(error: Error, begun: boolean): void {
    const connection = this.#connection as HttpConnection;
    const unsent = !connection.established;
    this.#settle();
    if (this.#over) return;
    if (this.#response.headersSent) {
      this.#cutOff();
      return;
    }
    if (!connection.reused) this.#endpoint?.failed(this.#clock.monotonic());
    const safe = !begun && !this.#bodyBegun && (unsent || this.#repeatable);
    if (!safe) {
      this.#fail({ status: 502, why: 'BadGateway', text: `endpoint ${this.#endpoint?.address}: ${error.message}` });
      return;
    }
    if (!connection.reused) this.#tried.push(this.#endpoint as HttpEndpoint);
    if (this.#tries >= MOST_TRIES) {
      this.#refuse();
      return;
    }
    this.#choice.cluster.counters.retries += 1;
    this.#try(connection.reused);
  }

  /** No endpoint is left to try. */
  #refuse(): void {
    const { cluster } = this.#choice;
    if (this.#tries === 0) {
      this.#fail(noEndpoint(cluster.name));
      return;
    }
    this.#fail({ status: 503, why: 'NoConnection', text: `no endpoint of Service ${cluster.name} could be reached` });
  }

  #expired(limit: number): void {
    if (this.#over) return;
    this.#giveBack(false);
    if (this.#response.headersSent) this.#cutOff();
    else this.#fail({ status: 504, why: 'Timeout', text: `no answer within ${limit} ms` });
  }

  #fail(own: { status: number; why: string; text: string }): void {
    this.#over = true;
    this.#choice.cluster.counters.failures += 1;
    this.#count(own.status);
    answer(this.#response, own);
    this.#request.resume();
  }

  /** The client has part of a response that can't be completed: only a broken connection tells it so. */
  #cutOff(): void {
    this.#over = true;
    this.#choice.cluster.counters.failures += 1;
    this.#response.destroy();
  }

  /** The response is out, or the client has gone. */
  #closed(): void {
    this.#limit?.cancel();
    const { cluster, rule } = this.#choice;
    cluster.counters.active -= 1;
    if (rule) rule.counters.active -= 1;
    this.#over = true;
    this.#giveBack(false);
  }

  #count(status: number): void {
    const { cluster, rule } = this.#choice;
    countStatus(cluster.counters, status);
    if (rule) countStatus(rule.counters, status);
  }

  /** Ends the try that is under way and returns its connection to the pool, or closes it. */
  #giveBack(whole: boolean): void {
    const connection = this.#connection;
    this.#settle();
    connection?.release(this.#clock, whole && connection.keepAlive, this.#idleSeconds);
  }

  #settle(): void {
    this.#tryLimit?.cancel();
    if (this.#connection && this.#endpoint) this.#endpoint.active -= 1;
    this.#connection = undefined;
  }
}
