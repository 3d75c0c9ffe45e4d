/** Keeps the proxy listening on exactly the addresses that the configuration names, and tells what it could not listen on. */
import { createServer, isIP, type Server, type Socket } from 'node:net';
import type { Timer } from '../../types/part/clock.ts';
import type { PartContext } from '../../types/part/part.ts';
import type { ListenerConfig, ListenerPort } from '../config/resource.ts';
import type { Front } from './front.ts';

/** Milliseconds until an address that could not be listened on is tried again; doubles up to the last figure. */
const RETRY_FIRST = 250;
const RETRY_MOST = 10_000;
const NODE_PORT_ADDRESS = '127.0.0.1';

interface Open {
  front: Front;
  server?: Server;
  /** Why it does not listen. */
  problem?: string;
  failures: number;
  retry?: Timer;
}

export interface FrontsOptions {
  accept(socket: Socket, front: Front): void;
  /** The set of problems has changed. */
  onProblems(): void;
  /** Lets several proxies share each address (SO_REUSEPORT). */
  shared: boolean;
}

export class Fronts {
  readonly #ctx: PartContext;
  readonly #options: FrontsOptions;
  readonly #open = new Map<string, Open>();
  /** `address:port` of each listener resource. */
  readonly #owned = new Map<string, string[]>();
  readonly #clashes = new Map<string, { config: ListenerConfig; reason: string }>();
  readonly #sockets = new Set<Socket>();
  #starting = 0;
  #settled: (() => void)[] = [];

  constructor(ctx: PartContext, options: FrontsOptions) {
    this.#ctx = ctx;
    this.#options = options;
  }

  set(config: ListenerConfig): void {
    const wanted = addressesOf(config);
    this.#clashes.delete(config.name);
    for (const address of this.#owned.get(config.name) ?? []) if (!wanted.has(address)) this.#close(address, config.name);
    const owned: string[] = [];
    for (const [address, port] of wanted) {
      const open = this.#open.get(address);
      // Two Services that claim one address: the first keeps it, the second is told.
      const holder = open?.front.service ?? config.name;
      if (holder !== config.name) this.#clashes.set(config.name, { config, reason: `${address}: Service ${holder} listens there` });
      else {
        owned.push(address);
        if (open) open.front.port = port;
        else this.#listen(address, config.name, port);
      }
    }
    this.#owned.set(config.name, owned);
  }

  remove(name: string): void {
    for (const address of this.#owned.get(name) ?? []) this.#close(address, name);
    this.#owned.delete(name);
    this.#clashes.delete(name);
    // What it held may be what others are waiting for.
    for (const { config } of [...this.#clashes.values()]) this.set(config);
  }

  /** `namespace/service` of the listener, and why it does not listen on one of its addresses. */
  problems(): { service: string; reason: string }[] {
    const failed = [...this.#open.values()].filter((open) => open.problem !== undefined);
    return [
      ...failed.map(({ front, problem }) => ({ service: front.service, reason: `${front.address}: ${problem}` })),
      ...[...this.#clashes].map(([service, { reason }]) => ({ service, reason })),
    ];
  }

  /** Resolves when every address has been tried. */
  settled(): Promise<void> {
    if (this.#starting === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  /** Stops listening; connections go on under the configuration that they had. */
  close(): void {
    for (const { retry, server } of this.#open.values()) {
      retry?.cancel();
      server?.close();
    }
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  get connections(): number {
    return this.#sockets.size;
  }

  #listen(address: string, service: string, port: Front['port']): void {
    const open: Open = { front: { address, service, port }, failures: 0 };
    this.#open.set(address, open);
    this.#start(open);
  }

  #start(open: Open): void {
    const { address } = open.front;
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon);
    if (!isLoopback(host)) {
      open.problem = 'is no loopback address; the proxy listens on 127.0.0.0/8 and ::1 only';
      return;
    }
    const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: false });
    open.server = server;
    this.#starting += 1;
    server.on('connection', (socket) => this.#accept(socket, open.front));
    server.once('listening', () => this.#started(open, undefined));
    server.once('error', (error: NodeJS.ErrnoException) => this.#started(open, error));
    server.listen({ host, port: Number(address.slice(colon + 1)), exclusive: true, reusePort: this.#options.shared, backlog: 4096 });
  }

  #started(open: Open, error: NodeJS.ErrnoException | undefined): void {
    const before = open.problem;
    const current = this.#open.get(open.front.address) === open;
    open.problem = error && explain(error);
    if (!current) open.server?.close();
    else if (error) this.#retry(open);
    this.#starting -= 1;
    if (this.#starting === 0) for (const resolve of this.#settled.splice(0)) resolve();
    if (current && before !== open.problem) this.#options.onProblems();
  }

  #retry(open: Open): void {
    const delay = Math.min(RETRY_FIRST * 2 ** open.failures, RETRY_MOST);
    open.failures += 1;
    open.retry = this.#ctx.clock.after(delay, () => this.#start(open));
    open.retry.unref();
  }

  #accept(socket: Socket, front: Front): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#options.accept(socket, front);
  }

  #close(address: string, service: string): void {
    const open = this.#open.get(address);
    if (!open || open.front.service !== service) return;
    this.#open.delete(address);
    open.front.port = undefined;
    open.retry?.cancel();
    if (open.server?.listening) open.server.close();
  }
}

function addressesOf(config: ListenerConfig): Map<string, ListenerPort> {
  const found = new Map<string, ListenerPort>();
  for (const port of config.ports) {
    for (const address of config.addresses) found.set(`${address}:${port.port}`, port);
    if (port.nodePort) found.set(`${NODE_PORT_ADDRESS}:${port.nodePort}`, port);
  }
  return found;
}

/** The proxy serves this machine alone, whatever it is told. */
function isLoopback(host: string): boolean {
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

function explain(error: NodeJS.ErrnoException): string {
  if (error.code === 'EACCES') return 'permission denied; ports below 1024 need root, or net.ipv4.ip_unprivileged_port_start=0';
  if (error.code === 'EADDRINUSE') return 'another program listens there';
  if (error.code === 'EADDRNOTAVAIL') return 'this machine does not have the address; macOS needs: ifconfig lo0 alias ADDRESS';
  return error.code ?? error.message;
}
