/** A small world for tests: a push server, a proxy fed by it, and endpoints that say who they are; all on real sockets. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../types/part/clock.ts';
import { silentLog } from '../../types/part/log.ts';
import type { RunningPart } from '../../types/part/part.ts';
import { seededRandom } from '../../types/part/random.ts';
import type { ClusterConfig, ListenerConfig, RoutesConfig, RuleConfig } from '../config/resource.ts';
import { PushServer } from '../push/server.ts';
import { type ProxyOptions, startProxy } from './index.ts';

export interface ProxyWorld {
  readonly socket: string;
  push: PushServer;
  proxy: RunningPart;
  startProxy(options?: Partial<ProxyOptions>): RunningPart;
  startPush(): Promise<PushServer>;
  /** An HTTP endpoint; its address as `127.0.0.1:port`. */
  endpoint(serve: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ address: string; server: Server }>;
  /** Publishes a Service at 127.0.0.1 and a free port, and resolves with that port when the proxy listens. */
  service(
    name: string,
    endpoints: string[],
    options?: { rules?: Partial<RuleConfig>[]; entries?: RoutesConfig['entries'] },
  ): Promise<number>;
  /** Resolves when the proxy has answered for all that is published. */
  taken(...ids: string[]): Promise<void>;
  /** Resolves when a proxy next says something. */
  changed(): Promise<void>;
  close(): Promise<void>;
}

export async function proxyWorld(): Promise<ProxyWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'mesh-'));
  const abort = new AbortController();
  const ctx = { clock: realClock, random: seededRandom(7), log: silentLog, signal: abort.signal };
  const socket = join(directory, 'mesh.sock');
  const servers: Server[] = [];
  const parts: RunningPart[] = [];
  let changed = Promise.withResolvers<void>();
  const world: ProxyWorld = {
    socket,
    push: undefined as never,
    proxy: undefined as never,
    startProxy: (options = {}) => {
      const part = startProxy(ctx, { socket, 'mesh-drain-timeout': 0, ...options });
      parts.push(part);
      return part;
    },
    startPush: async () => {
      const server = new PushServer(silentLog, () => {
        changed.resolve();
        changed = Promise.withResolvers<void>();
      });
      world.push = server;
      return server;
    },
    endpoint: async (serve) => {
      const server = createServer(serve).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
    },
    service: async (name, endpoints, { rules, entries } = {}) => {
      const port = await freePort();
      const at = `default/${name}:80`;
      const listener: ListenerConfig = {
        type: 'listener',
        name: `default/${name}`,
        addresses: ['127.0.0.1'],
        ports: [{ port, cluster: at, ...(rules && { http: true, routes: at }) }],
      };
      const cluster: ClusterConfig = { type: 'cluster', name: at, endpoints };
      const set: (ListenerConfig | ClusterConfig | RoutesConfig)[] = [cluster, listener];
      if (rules) set.push(routes(name, rules, entries));
      world.push.publish(set, []);
      await world.taken(`cluster/${at}`, `listener/default/${name}`);
      return port;
    },
    taken: async (...ids) => {
      const done = () => ids.every((id) => world.push.progress(id).taken > 0 || world.push.progress(id).refused !== undefined);
      while (!done()) await changed.promise;
    },
    changed: () => changed.promise,
    close: async () => {
      abort.abort();
      await Promise.all(parts.map((part) => part.stopped));
      await world.push.close();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await world.startPush();
  await world.push.listen(socket);
  world.proxy = world.startProxy();
  await world.proxy.ready;
  return world;
}

/** A table of `default/<name>:80`. By default one entry, "/", leading to the first rule. */
export function routes(name: string, rules: Partial<RuleConfig>[], entries?: RoutesConfig['entries']): RoutesConfig {
  return {
    type: 'routes',
    name: `default/${name}:80`,
    entries: entries ?? [{ path: { prefix: '/' }, rule: 0 }],
    rules: rules.map((rule, index) => ({ name: `default/r/${index}`, backends: [], ...rule })),
  };
}

export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
