/** A stand-in for an API server in the tests of client/: one resource (configmaps) in memory behind a plain HTTP server. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConfigMap } from './resources.ts';

export interface StandIn {
  server: string;
  /** Requests seen, as `METHOD path`. */
  seen: string[];
  /** Answers the next requests instead of the usual handling; undefined lets a request pass. */
  intercept: ((request: http.IncomingMessage, response: http.ServerResponse) => boolean) | undefined;
  put(name: string, data: Record<string, string>): void;
  remove(name: string): void;
  /** Breaks every open watch off. */
  cutWatches(): void;
  /** Forgets the log: a watch from an older revision is answered with 410. */
  compact(): void;
  close(): Promise<void>;
}

interface State {
  revision: number;
  oldest: number;
  objects: Map<string, ConfigMap>;
  log: { revision: number; line: string }[];
  watches: Set<http.ServerResponse>;
}

const metadata = (state: State, name: string, uid: string) => ({
  name,
  namespace: 'default',
  uid,
  resourceVersion: String(state.revision),
  managedFields: [],
});

export async function startStandIn(): Promise<StandIn> {
  const state: State = { revision: 1, oldest: 1, objects: new Map(), log: [], watches: new Set() };
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (!standIn.intercept?.(request, response)) answer(state, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: StandIn = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    intercept: undefined,
    put: (name, data) => put(state, name, data),
    remove: (name) => remove(state, name),
    cutWatches: () => {
      for (const response of state.watches) response.destroy();
    },
    compact: () => {
      state.oldest = state.revision;
      state.log = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}

function put(state: State, name: string, data: Record<string, string>): void {
  const before = state.objects.get(name);
  state.revision++;
  const object = { metadata: metadata(state, name, before?.metadata?.uid ?? `uid-${state.revision}`), data } as ConfigMap;
  state.objects.set(name, object);
  append(state, before ? 'MODIFIED' : 'ADDED', object);
}

function remove(state: State, name: string): void {
  const before = state.objects.get(name);
  if (!before) return;
  state.revision++;
  state.objects.delete(name);
  append(state, 'DELETED', { ...before, metadata: { ...before.metadata, resourceVersion: String(state.revision) } } as ConfigMap);
}

function append(state: State, type: string, object: ConfigMap): void {
  const line = `${JSON.stringify({ type, object })}\n`;
  state.log.push({ revision: state.revision, line });
  // In two pieces, as a network may deliver it.
  for (const response of state.watches) {
    response.write(line.slice(0, 10));
    response.write(line.slice(10));
  }
}

function answer(state: State, request: http.IncomingMessage, response: http.ServerResponse): unknown {
  const url = new URL(request.url ?? '', 'http://stand-in');
  if (request.method !== 'GET') return fail(response, 409, 'AlreadyExists');
  if (url.searchParams.get('watch') === 'true') return watch(state, Number(url.searchParams.get('resourceVersion')), response);
  const all = [...state.objects.values()];
  const limit = Number(url.searchParams.get('limit') ?? all.length);
  const from = Number(url.searchParams.get('continue') ?? 0);
  const next = from + limit < all.length ? { continue: String(from + limit) } : {};
  const list = { metadata: { resourceVersion: String(state.revision), ...next }, items: all.slice(from, from + limit) };
  return response.end(JSON.stringify(list));
}

function watch(state: State, after: number, response: http.ServerResponse): unknown {
  if (after < state.oldest) return fail(response, 410, 'Expired');
  response.writeHead(200);
  response.flushHeaders();
  for (const { revision, line } of state.log) if (revision > after) response.write(line);
  state.watches.add(response);
  return response.on('close', () => state.watches.delete(response));
}

export function fail(response: http.ServerResponse, code: number, reason: string, headers: Record<string, string> = {}): void {
  response.writeHead(code, headers);
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message: reason, code }));
}
