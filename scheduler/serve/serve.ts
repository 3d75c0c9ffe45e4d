/**
 * What the scheduler tells about itself, over HTTP on the loopback address (`--explain-port`):
 *
 *     GET /decisions?pod=NS/NAME&limit=100    the last decisions, the newest first
 *     GET /explain?pod=NS/NAME&node=NAME      a decision computed now, over the scheduler's own state
 *     POST /simulate                          a simulation over a copy of the live state (scheduler/simulate/request.ts)
 *
 * Answers are JSON; a refusal is `{"error": "…"}`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class BadRequest extends Error {
  override name = 'BadRequest';
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Throws `BadRequest`. */
export type Answer = (query: URLSearchParams, body: string) => unknown;

/** By `METHOD /path`. */
export type Routes = Record<string, Answer>;

const LONGEST_BODY = 64 * 2 ** 20;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LONGEST_BODY) throw new BadRequest('the body is larger than 64 MiB', 413);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A page in a browser that has got itself a name for this address is not answered. */
const OWN_HOST = /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/;

async function answer(routes: Routes, request: IncomingMessage): Promise<unknown> {
  if (!OWN_HOST.test(request.headers.host ?? '')) throw new BadRequest('ask for localhost', 403);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) throw new BadRequest(`there are ${Object.keys(routes).join(', ')}`, 404);
  return route(url.searchParams, await bodyOf(request));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

/** Listens on 127.0.0.1; `port` 0 takes a free one. Rejects if the port is taken. */
export async function serve(port: number, routes: Routes): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    answer(routes, request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        send(response, error instanceof BadRequest ? error.status : 500, { error: message });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
