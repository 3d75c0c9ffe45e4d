/** One address of a cluster, with what the proxy knows of it: its load, its health, and its idle connections. */
import type { Socket } from 'node:net';

/** Milliseconds that an endpoint is passed over after a connection to it failed; doubles with each failure, up to the last figure. */
const AVOID_FIRST = 100;
const AVOID_MOST = 5000;

export interface IdleConnection {
  readonly socket: Socket;
  /** Milliseconds of the monotonic clock. */
  readonly idleSince: number;
  close(): void;
}

export class Endpoint<C extends IdleConnection = IdleConnection> {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** Requests or connections under way. */
  active = 0;
  /** No longer in the configuration: what is under way may finish, nothing new begins. */
  retired = false;
  /** The most recently used last. */
  readonly idle: C[] = [];
  #avoidUntil = 0;
  #failures = 0;

  constructor(address: string) {
    const colon = address.lastIndexOf(':');
    this.address = address;
    this.host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    this.port = Number(address.slice(colon + 1));
  }

  avoided(now: number): boolean {
    return now < this.#avoidUntil;
  }

  failed(now: number): void {
    this.#avoidUntil = now + Math.min(AVOID_FIRST * 2 ** this.#failures, AVOID_MOST);
    this.#failures += 1;
  }

  answered(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#avoidUntil = 0;
  }

  retire(): void {
    this.retired = true;
    for (const connection of this.idle.splice(0)) connection.close();
  }
}
