/** The HTTP side of the proxy: one HTTP server without a socket of its own, which is handed the connections of all HTTP fronts. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { http } from '../../../types/part/node-http.ts';
import type { PartContext } from '../../../types/part/part.ts';
import { countStatus } from '../counters.ts';
import type { Front } from '../front.ts';
import type { State } from '../state.ts';
import { answer, rawAnswer } from './answer.ts';
import { choose } from './choice.ts';
import { Forward } from './forward.ts';
import { originForm } from './rewrite.ts';
import { Upgrade, wantsTunnel } from './upgrade.ts';

/** Milliseconds. */
const HEAD_LIMIT = 30_000;
const IDLE_LIMIT = 65_000;
/** Bytes of a request's head at most; longer ones get 431. */
const MOST_HEAD = 32 * 1024;

export class HttpSide {
  readonly #ctx: PartContext;
  readonly #state: State;
  readonly #server: Server;
  readonly #fronts = new WeakMap<Socket, Front>();
  #ending = false;

  constructor(ctx: PartContext, state: State) {
    this.#ctx = ctx;
    this.#state = state;
    this.#server = http.createServer({
      headersTimeout: HEAD_LIMIT,
      // A body may take as long as it takes: it streams.
      requestTimeout: 0,
      keepAliveTimeout: IDLE_LIMIT,
      maxHeaderSize: MOST_HEAD,
      shouldUpgradeCallback: wantsTunnel,
    });
    this.#server.on('request', (request, response) => this.#serve(request, response));
    this.#server.on('checkContinue', (request, response) => this.#continue(request, response));
    this.#server.on('upgrade', (request, socket, early) => this.#upgrade(request, socket as Socket, early));
    // Node starts to watch the time limits of connections when a server listens; this one never does, so it is told.
    this.#server.emit('listening');
  }

  /** Takes over a client's connection. Later requests on it follow whatever the front's configuration is by then. */
  accept(socket: Socket, front: Front): void {
    this.#fronts.set(socket, front);
    this.#server.emit('connection', socket);
  }

  /** From now on every response is the last of its connection; idle connections end at once. */
  windDown(): void {
    this.#ending = true;
    this.#server.closeIdleConnections();
  }

  destroy(): void {
    this.#server.closeAllConnections();
  }

  /** The client waits for leave to send its body. The proxy gives it: it streams, and an endpoint that refuses can answer early. */
  #continue(request: IncomingMessage, response: ServerResponse): void {
    response.writeContinue();
    this.#serve(request, response);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const front = this.#fronts.get(request.socket) as Front;
    request.url = originForm(request.url as string);
    if (this.#ending) response.shouldKeepAlive = false;
    const choice = choose(this.#state, front, request);
    if (choice.rule) choice.rule.counters.requests += 1;
    const { cluster } = choice;
    if (cluster) {
      new Forward(this.#ctx.clock, request, response, { ...choice, cluster }).start();
      return;
    }
    const own = choice.answer as NonNullable<typeof choice.answer>;
    if (choice.rule) countStatus(choice.rule.counters, own.status);
    // A Service that has gone has no use for the connection either.
    if (!front.port) response.shouldKeepAlive = false;
    request.resume();
    answer(response, own);
  }

  #upgrade(request: IncomingMessage, socket: Socket, early: Buffer): void {
    request.url = originForm(request.url as string);
    const choice = choose(this.#state, this.#fronts.get(socket) as Front, request);
    if (choice.rule) choice.rule.counters.requests += 1;
    const { cluster } = choice;
    if (cluster) {
      new Upgrade(this.#ctx.clock, request, socket, early, { ...choice, cluster }).start();
      return;
    }
    socket.on('error', () => socket.destroy());
    socket.end(rawAnswer(choice.answer as NonNullable<typeof choice.answer>));
  }
}
