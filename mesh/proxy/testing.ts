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
import { startProxy } from './index.ts';

export class ProxyWorld {
  readonly #directory = mkdtempSync(join(tmpdir(), 'mesh-'));
  readonly #ended = new AbortController();
  readonly #servers: Server[] = [];
  readonly #parts: RunningPart[] = [];
  #changed = Promise.withResolvers<void>();
  readonly socket = join(this.#directory, 'mesh.sock');
  push = this.startPush();

  static async start(): Promise<ProxyWorld> {
    const world = new ProxyWorld();
    await world.push.listen(world.socket);
    await world.startProxy().ready;
    return world;
  }

  startProxy(): RunningPart {
    const ctx = { clock: realClock, random: seededRandom(7), log: silentLog, signal: this.#ended.signal };
    const part = startProxy(ctx, { socket: this.socket, 'mesh-drain-timeout': 0 });
    this.#parts.push(part);
    return part;
  }

  /** A push server that does not listen yet; it becomes the world's. */
  startPush(): PushServer {
    this.push = new PushServer(silentLog, () => {
      this.#changed.resolve();
      this.#changed = Promise.withResolvers<void>();
    });
    return this.push;
  }

  /** An HTTP endpoint; its address as `127.0.0.1:port`. */
  async endpoint(serve: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ address: string; server: Server }> {
    const server = createServer(serve).listen(0, '127.0.0.1');
    this.#servers.push(server);
    await once(server, 'listening');
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }

  /** Publishes a Service at 127.0.0.1 and a free port, and resolves with that port when the proxy listens. With `rules` it is in HTTP mode. */
  async service(name: string, endpoints: string[], { rules, entries }: Routing = {}): Promise<number> {
    const port = await freePort();
    const at = `default/${name}:80`;
    const ports = [{ port, cluster: at, ...(rules && { http: true as const, routes: at }) }];
    const listener: ListenerConfig = { type: 'listener', name: `default/${name}`, addresses: ['127.0.0.1'], ports };
    const cluster: ClusterConfig = { type: 'cluster', name: at, endpoints };
    this.push.publish([cluster, listener, ...(rules ? [routes(name, rules, entries)] : [])], []);
    await this.taken(`cluster/${at}`, `listener/default/${name}`);
    return port;
  }

  /** Resolves when the proxy has taken or refused these resources as they are published now. */
  async taken(...ids: string[]): Promise<void> {
    const done = (id: string) => this.push.progress(id).taken > 0 || this.push.progress(id).refused !== undefined;
    while (!ids.every(done)) await this.changed();
  }

  /** Resolves when a proxy next says something. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#parts.map((part) => part.stopped));
    await this.push.close();
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

interface Routing {
  rules?: Partial<RuleConfig>[];
  entries?: RoutesConfig['entries'];
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
