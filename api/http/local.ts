/**
 * The socket for components on this machine: HTTP/1.1 over a Unix socket that its owner alone may open. Nothing has to be encrypted on it, which
 * saves a third of what a request costs on both sides; who asks is proved by a token, as anywhere else.
 */
import { chmod, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type Koa from 'koa';
import { http } from '../../types/part/node-http.ts';
import { closeServer } from './server.ts';

/** Takes the place of a dead server's socket. Rejects when it can't be listened on. */
export async function listenLocal(app: Koa, path: string): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true });
  const server = http.createServer(app.callback());
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  await chmod(path, 0o600);
  return { close: () => closeServer(server, sockets) };
}
