/** The socket: TLS with HTTP/2 and HTTP/1.1 on one port, asking for client certificates without insisting on them. */
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type Koa from 'koa';
import type { Log } from '../../types/part/log.ts';

export interface ServerCertificates {
  /** PEM. */
  cert: string;
  key: string;
  ca: string;
}

export interface ListeningServer {
  /** `https://127.0.0.1:6443` */
  url: string;
  port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** A client may have so many watches and requests open on one connection: informers multiply. */
const MAX_STREAMS = 10_000;

/** Rejects when the port is taken. */
export async function listen(
  app: Koa,
  certificates: ServerCertificates,
  at: { host: string; port: number },
  log: Log,
): Promise<ListeningServer> {
  const server = createSecureServer(
    { ...certificates, allowHTTP1: true, requestCert: true, rejectUnauthorized: false, settings: { maxConcurrentStreams: MAX_STREAMS } },
    app.callback(),
  );
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('sessionError', (error) => log.debug({ error }, 'connection failed'));
  server.on('tlsClientError', (error) => log.debug({ error }, 'TLS handshake failed'));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return { url: `https://${host}:${port}`, port, close: () => closeServer(server, sockets) };
}

/** Stops listening and ends every connection. */
export function closeServer(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
