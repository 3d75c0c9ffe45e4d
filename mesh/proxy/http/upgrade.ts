/** Requests that switch protocols (WebSocket): once an endpoint agrees, the two connections are joined and bytes pass unread. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../../types/part/clock.ts';
import type { HttpEndpoint } from '../cluster.ts';
import { countStatus } from '../counters.ts';
import { join } from '../join.ts';
import { rawAnswer } from './answer.ts';
import { type Choice, noEndpoint, type OwnAnswer } from './choice.ts';
import { type Exchange, HttpConnection } from './connection.ts';
import type { ResponseHead } from './head.ts';
import { editHeaders, requestHead } from './rewrite.ts';

/** HTTP/2 over cleartext is offered by some clients in passing; a proxy of HTTP/1.1 lets the offer lie. */
export function wantsTunnel(request: IncomingMessage): boolean {
  return (request.headers.upgrade ?? '').toLowerCase() !== 'h2c';
}

export class Upgrade implements Exchange {
  readonly #clock: Clock;
  readonly #request: IncomingMessage;
  readonly #client: Socket;
  readonly #early: Buffer;
  readonly #choice: Choice & { cluster: NonNullable<Choice['cluster']> };
  readonly #tried: HttpEndpoint[] = [];
  #endpoint: HttpEndpoint | undefined;
  #connection: HttpConnection | undefined;
  #answered = false;

  /** `early`: bytes that came behind the request's head. */
  constructor(clock: Clock, request: IncomingMessage, client: Socket, early: Buffer, choice: Upgrade['choice']) {
    this.#clock = clock;
    this.#request = request;
    this.#client = client;
    this.#early = early;
    this.#choice = choice;
  }

  get choice() {
    return this.#choice;
  }

  start(): void {
    const { counters } = this.#choice.cluster;
    counters.requests += 1;
    counters.active += 1;
    this.#client.on('error', () => {});
    this.#client.once('close', () => {
      counters.active -= 1;
      if (this.#endpoint) this.#endpoint.active -= 1;
      this.#connection?.close();
    });
    this.#try();
  }

  #try(): void {
    const { cluster } = this.#choice;
    const endpoint = cluster.pick(this.#request.socket.remoteAddress ?? '', this.#clock.monotonic(), this.#tried);
    if (!endpoint) {
      this.#refuse(noEndpoint(cluster.name));
      return;
    }
    if (this.#endpoint) this.#endpoint.active -= 1;
    this.#endpoint = endpoint;
    endpoint.active += 1;
    this.#connection = new HttpConnection(endpoint);
    this.#connection.begin(this, 'GET');
  }

  connected(): void {
    const { entry, rule } = this.#choice;
    this.#connection?.socket.write(requestHead(this.#request, entry, rule?.config, this.#request.headers.upgrade), 'latin1');
  }

  drained(): void {}

  head(head: ResponseHead): void {
    this.#answered = true;
    const edits = this.#choice.rule?.config.responseHeaders;
    const headers = edits ? editHeaders(head.headers, edits) : head.headers;
    const agreed = head.status === 101;
    let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
    text += agreed
      ? `connection: upgrade\r\nupgrade: ${head.upgrade ?? this.#request.headers.upgrade}\r\n\r\n`
      : 'connection: close\r\n\r\n';
    this.#client.write(text, 'latin1');
    countStatus(this.#choice.cluster.counters, head.status);
    if (agreed) this.#tunnel();
  }

  /** The parser hands over what came behind the head in the same step, after this returns; so the joining waits for the next. */
  #tunnel(): void {
    const connection = this.#connection as HttpConnection;
    connection.tunnel((socket, behind) => {
      if (behind.length > 0) this.#client.write(behind);
      if (this.#early.length > 0) socket.write(this.#early);
      join(this.#client, socket);
    });
  }

  /** An endpoint that does not switch answers as usual; the end of the answer is then the end of the connection. */
  body(bytes: Buffer): void {
    const socket = this.#connection?.socket;
    if (this.#client.write(bytes) || !socket) return;
    socket.pause();
    this.#client.once('drain', () => socket.resume());
  }

  end(): void {
    this.#client.end();
  }

  failed(error: Error): void {
    if (this.#answered) return void this.#client.destroy();
    const endpoint = this.#endpoint as HttpEndpoint;
    endpoint.failed(this.#clock.monotonic());
    this.#tried.push(endpoint);
    if (this.#connection?.established) {
      this.#refuse({ status: 502, why: 'BadGateway', text: `endpoint ${endpoint.address}: ${error.message}` });
      return;
    }
    this.#choice.cluster.counters.retries += 1;
    this.#try();
  }

  #refuse(own: OwnAnswer): void {
    this.#choice.cluster.counters.failures += 1;
    countStatus(this.#choice.cluster.counters, own.status);
    this.#client.end(rawAnswer(own));
  }
}
