/** The control socket of a running instance. Holding it is also what makes a data directory taken. */
import { unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { Failure } from '../failure.ts';
import { isListening } from './client.ts';
import type { ControlRequest, InstanceStatus } from './protocol.ts';

export interface ControlHandlers {
  status(): InstanceStatus;
  down(): void;
}

function answer(socket: Socket, line: string, handlers: ControlHandlers): void {
  let request: ControlRequest;
  try {
    request = JSON.parse(line) as ControlRequest;
  } catch {
    socket.end('{"error":"not JSON"}\n');
    return;
  }
  if (request.command === 'down') handlers.down();
  const known = request.command === 'down' || request.command === 'status';
  socket.end(`${JSON.stringify(known ? handlers.status() : { error: 'unknown command' })}\n`);
}

function serve(handlers: ControlHandlers): Server {
  return createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) answer(socket, text.slice(0, end), handlers);
      else if (text.length > 1000) socket.destroy();
    });
  });
}

/** Listens on `path`, taking the place of a dead instance's socket; fails when a living one is there. */
export async function openControl(path: string, dataDir: string, handlers: ControlHandlers): Promise<Server> {
  if (await isListening(path)) {
    throw new Failure(`kumulus is already running on ${dataDir}; look at it with "kumulus status", end it with "kumulus down"`);
  }
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const server = serve(handlers);
  return new Promise((resolve, reject) => {
    server.on('error', (error) => reject(new Failure(`can't listen on ${path}: ${error.message}`)));
    server.listen(path, () => resolve(server));
  });
}
