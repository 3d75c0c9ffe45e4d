/** The transport over sockets: HTTP/1.1 with keep-alive, over TLS unless the server's address begins with `http:`. */

import type { Agent, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import type { AgentOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { http, https } from '../types/part/node-http.ts';
import type { Connection } from './connection.ts';
import { TransportError } from './errors.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

export interface HttpTransportOptions {
  /** Connections for requests, at most; further requests wait for one. Watches have connections of their own. Default 64. */
  maxSockets?: number;
  /** Milliseconds without a byte after which a request that is no watch is given up. Default 60,000. */
  timeout?: number;
}

interface Route {
  request: typeof http.request;
  base: RequestOptions;
  headers: Record<string, string>;
  requests: Agent;
  watches: Agent;
  timeout: number;
}

/** Connects at the first request. Each watch has a connection of its own, so that watches never keep requests waiting. */
export function httpTransport(connection: Connection, options: HttpTransportOptions = {}): Transport {
  const route = routeTo(connection, options);
  return {
    send: (request) => send(route, request),
    close: () => {
      route.requests.destroy();
      route.watches.destroy();
    },
  };
}

function routeTo(connection: Connection, options: HttpTransportOptions): Route {
  const url = new URL(connection.server);
  const secure = url.protocol === 'https:';
  const agent = (maxSockets: number) => {
    const common = { keepAlive: true, noDelay: true, maxSockets, scheduling: 'lifo' as const };
    return secure ? new https.Agent({ ...common, ...tlsOptions(connection, url.hostname) }) : new http.Agent(common);
  };
  return {
    request: secure ? (https.request as typeof http.request) : http.request,
    base: connection.socket
      ? { socketPath: connection.socket }
      : { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port || (secure ? 443 : 80) },
    headers: connection.token ? { authorization: `Bearer ${connection.token}` } : {},
    requests: agent(options.maxSockets ?? 64),
    watches: agent(Number.POSITIVE_INFINITY),
    timeout: options.timeout ?? 60_000,
  };
}

/** Certificates are parsed once, here, and not for every connection. */
function tlsOptions(connection: Connection, host: string): AgentOptions {
  const { ca, cert, key } = connection;
  const secureContext = createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  return { secureContext, rejectUnauthorized: !connection.insecure, servername: /^[\d.]+$|:/.test(host) ? '' : host };
}

const isWatch = (path: string) => /[?&]watch=(1|true)\b/.test(path);

function send(route: Route, request: ApiRequest): Promise<ApiResponse> {
  const watch = isWatch(request.path);
  const headers: OutgoingHttpHeaders = { ...route.headers, ...request.headers };
  if (request.body !== undefined) headers['content-length'] = Buffer.byteLength(request.body);
  return new Promise((resolve, reject) => {
    const outgoing = route.request({
      ...route.base,
      method: request.method,
      path: request.path,
      headers,
      agent: watch ? route.watches : route.requests,
      ...(request.signal && { signal: request.signal }),
      ...(!watch && { timeout: route.timeout }),
    });
    outgoing.on('response', (answer) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer }));
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
    outgoing.on('error', (error: NodeJS.ErrnoException) => reject(asTransportError(error, request)));
    outgoing.end(request.body);
  });
}

function asTransportError(error: NodeJS.ErrnoException & { syscall?: string }, request: ApiRequest): unknown {
  if (request.signal?.aborted) return error;
  const connecting = error.syscall === 'connect' || error.syscall === 'getaddrinfo';
  return new TransportError(`${request.method} ${request.path}: ${error.message}`, error.code ?? 'UNKNOWN', !connecting, error);
}
