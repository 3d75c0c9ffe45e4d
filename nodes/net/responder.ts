/**
 * What simulated containers answer with. Every open port has a listening socket of its own, on its pod's address, but they share one HTTP
 * parser and handler: a listener costs a socket and a map entry, so that there can be thousands.
 */
import http from 'node:http';
import net from 'node:net';

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
}

interface Listener {
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

export function createResponder(): Responder {
  const listeners = new Map<string, Listener>();
  const identities = new Map<string, Identity>();
  const parser = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    const who = identities.get(`${request.socket.localAddress}:${request.socket.localPort}`);
    if (who) answer(who, request, response);
    else request.socket.destroy();
  });
  const accept = (listener: Listener) => (socket: net.Socket) => {
    listener.sockets.add(socket);
    socket.once('close', () => listener.sockets.delete(socket));
    parser.emit('connection', socket);
  };
  const close = (address: string, port: number) => {
    const key = `${address}:${port}`;
    const listener = listeners.get(key);
    if (!listener) return;
    listeners.delete(key);
    identities.delete(key);
    listener.server.close();
    for (const socket of listener.sockets) socket.destroySoon();
  };
  return {
    open: (port, who) =>
      new Promise((resolve, reject) => {
        const key = `${who.address}:${port}`;
        const listener: Listener = { server: net.createServer({ noDelay: true }), sockets: new Set() };
        listener.server.on('connection', accept(listener));
        listener.server.once('error', reject);
        listener.server.listen({ host: who.address, port, exclusive: true, backlog: 256 }, () => {
          listener.server.off('error', reject);
          // Later errors are those of one accept (out of file descriptors): the client sees them, the listener goes on.
          listener.server.on('error', () => {});
          listeners.set(key, listener);
          identities.set(key, who);
          resolve();
        });
      }),
    close,
    closeAll: () => {
      for (const { address, port } of [...identities].map(([key, { address }]) => ({
        address,
        port: Number(key.slice(address.length + 1)),
      })))
        close(address, port);
    },
  };
}

function answer(who: Identity, request: http.IncomingMessage, response: http.ServerResponse): void {
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

function asJson(who: Identity, request: http.IncomingMessage): string {
  return `${JSON.stringify({ ...who, method: request.method, host: request.headers.host ?? '', path: request.url })}\n`;
}

function asText(who: Identity, request: http.IncomingMessage): string {
  return (
    `${who.pod} says hello\n` +
    `pod: ${who.pod}\nnamespace: ${who.namespace}\ncontainer: ${who.container}\nimage: ${who.image}\n` +
    `node: ${who.node}\nzone: ${who.zone}\nregion: ${who.region}\naddress: ${who.address}\n` +
    `method: ${request.method}\nhost: ${request.headers.host ?? ''}\npath: ${request.url}\n`
  );
}
