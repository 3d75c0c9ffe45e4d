/** A proxy's end: stays connected to the controller, hands over what it pushes, and answers. */
import { connect, type Socket } from 'node:net';
import type { PartContext } from '../../types/part/part.ts';
import { readLines, writeLine } from './lines.ts';
import type { FromController, FromProxy } from './protocol.ts';

/** Milliseconds between tries to reach the controller; doubles up to the last figure, with jitter. */
const BACKOFF_FIRST = 20;
const BACKOFF_MOST = 2000;

export interface PushHandler {
  hello(): FromProxy & { type: 'hello' };
  push(message: FromController & { type: 'push' }): Promise<FromProxy & { type: 'answer' }>;
  stats(number: number): FromProxy & { type: 'stats' };
}

export class PushClient {
  readonly #ctx: PartContext;
  readonly #path: string;
  readonly #handler: PushHandler;
  #socket: Socket | undefined;
  #failures = 0;
  /** Pushes are applied one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(ctx: PartContext, path: string, handler: PushHandler) {
    this.#ctx = ctx;
    this.#path = path;
    this.#handler = handler;
  }

  /** Connects, and reconnects until the context's signal aborts. */
  start(): void {
    if (this.#ctx.signal.aborted) return;
    const socket = connect(this.#path);
    this.#socket = socket;
    socket.on('connect', () => {
      this.#ctx.log.info({ socket: this.#path }, 'connected to the mesh controller');
      writeLine(socket, this.#handler.hello());
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#ctx.log.debug({ code: error.code }, 'the mesh controller can not be reached'),
    );
    socket.on('close', () => this.#again());
    readLines<FromController>(socket, (message) => this.#read(socket, message));
  }

  send(message: FromProxy): void {
    if (this.#socket && !this.#socket.connecting) writeLine(this.#socket, message);
  }

  close(): void {
    this.#socket?.destroy();
  }

  #read(socket: Socket, message: FromController): void {
    if (message.type === 'stats') {
      writeLine(socket, this.#handler.stats(message.number));
      return;
    }
    this.#last = this.#last.then(() => this.#apply(socket, message));
  }

  /** A push that can't be applied at all ends the connection: the next hello makes both sides begin anew. */
  async #apply(socket: Socket, message: FromController & { type: 'push' }): Promise<void> {
    try {
      writeLine(socket, await this.#handler.push(message));
      this.#failures = 0;
    } catch (error) {
      this.#ctx.log.error({ error }, 'a push could not be applied');
      socket.destroy();
    }
  }

  #again(): void {
    if (this.#ctx.signal.aborted) return;
    const delay = Math.min(BACKOFF_FIRST * 2 ** this.#failures, BACKOFF_MOST) * (0.5 + this.#ctx.random.next() / 2);
    this.#failures += 1;
    this.#ctx.clock.after(delay, () => this.start());
  }
}
