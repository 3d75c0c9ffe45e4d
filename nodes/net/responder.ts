/**
 * What simulated containers answer with. Every open port has a listening socket of its own, on its pod's address, but they share one HTTP
 * parser and handler: a listener costs a socket and a map entry, so that there can be thousands.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import net from 'node:net';
import { http } from '../../types/part/node-http.ts';

/** Who answers. */
export interface Identity {
  pod: string;
  namespace: string;
  container: string;
  image: string;
  node: string;
  zone: string;
  region: string;
  address: string;
  /** Of the container; shown to who asks for JSON. */
  env?: Record<string, string>;
}

interface Listener {
  who: Identity;
  server: net.Server;
  sockets: Set<net.Socket>;
}

export interface Responder {
  /** Resolves when the port listens. Rejects with the socket's error (EADDRINUSE, EACCES, EMFILE, …). */
  open(port: number, who: Identity): Promise<void>;
  /** Stops listening and ends the connections, once what was answered is sent. */
  close(address: string, port: number): void;
  closeAll(): void;
}

interface State {
  limit: number;
  /** By `address:port`. */
  listeners: Map<string, Listener>;
  /** Never listens itself: it is handed the connections. */
  parser: Server;
}

/** At most `limit` ports are open at a time; one more is refused as if there were no file descriptors left (EMFILE). */
export function createResponder(limit = Number.POSITIVE_INFINITY): Responder {
  const listeners = new Map<string, Listener>();
  const parser = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    const listener = listeners.get(`${request.socket.localAddress}:${request.socket.localPort}`);
    if (listener) answer(listener.who, request, response);
    else request.socket.destroy();
  });
  const state: State = { limit, listeners, parser };
  return {
    open: (port, who) => open(state, port, who),
    close: (address, port) => close(state, `${address}:${port}`),
    closeAll: () => {
      for (const key of [...listeners.keys()]) close(state, key);
    },
  };
}

async function open({ limit, listeners, parser }: State, port: number, who: Identity): Promise<void> {
  if (listeners.size >= limit) throw Object.assign(new Error('too many ports are open'), { code: 'EMFILE' });
  const listener: Listener = { who, server: net.createServer({ noDelay: true }), sockets: new Set() };
  listener.server.on('connection', (socket) => {
    listener.sockets.add(socket);
    socket.once('close', () => listener.sockets.delete(socket));
    parser.emit('connection', socket);
  });
  await listening(listener.server, who.address, port);
  // Later errors are those of one accept (out of file descriptors): its client sees them, the listener goes on.
  listener.server.on('error', () => {});
  listeners.set(`${who.address}:${port}`, listener);
}

function listening(server: net.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true, backlog: 256 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close({ listeners }: State, key: string): void {
  const listener = listeners.get(key);
  if (!listener) return;
  listeners.delete(key);
  listener.server.close();
  for (const socket of listener.sockets) socket.destroySoon();
}

function answer(who: Identity, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const json = request.headers.accept?.includes('application/json') === true;
  const body = json ? asJson(who, request) : asText(who, request);
  response.writeHead(200, {
    'content-type': json ? 'application/json' : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-kumulus-pod': who.pod,
  });
  response.end(body);
}

function asJson(who: Identity, request: IncomingMessage): string {
  return `${JSON.stringify({ ...who, method: request.method, host: request.headers.host ?? '', path: request.url })}\n`;
}

function asText(who: Identity, request: IncomingMessage): string {
  return (
    `${who.pod} says hello\n` +
    `pod: ${who.pod}\nnamespace: ${who.namespace}\ncontainer: ${who.container}\nimage: ${who.image}\n` +
    `node: ${who.node}\nzone: ${who.zone}\nregion: ${who.region}\naddress: ${who.address}\n` +
    `method: ${request.method}\nhost: ${request.headers.host ?? ''}\npath: ${request.url}\n`
  );
}
