/** The TCP side: a client's connection is joined with one to an endpoint, and bytes pass unread. */
import { connect, type Socket } from 'node:net';
import type { PartContext } from '../../types/part/part.ts';
import type { Cluster, HttpEndpoint } from './cluster.ts';
import type { Front } from './front.ts';
import { join } from './join.ts';
import type { State } from './state.ts';

const MOST_TRIES = 4;
/** Milliseconds that a connection's setup may take. */
const CONNECT_LIMIT = 2000;

/** Takes over a client's connection. With no endpoint it is reset, as kube-proxy rejects one. */
export function pipeTcp(ctx: PartContext, state: State, client: Socket, front: Front): void {
  const cluster = front.port && state.clusters.get(front.port.cluster);
  client.on('error', () => client.destroy());
  if (!cluster) return void client.resetAndDestroy();
  cluster.counters.requests += 1;
  cluster.counters.active += 1;
  client.once('close', () => {
    cluster.counters.active -= 1;
  });
  tryEndpoint(ctx, cluster, client, []);
}

/** Nothing of the client's is read before a connection stands, so another endpoint can be tried as long as none does. */
function tryEndpoint(ctx: PartContext, cluster: Cluster, client: Socket, tried: HttpEndpoint[]): void {
  const endpoint = cluster.pick(client.remoteAddress ?? '', ctx.clock.monotonic(), tried);
  if (!endpoint || tried.length >= MOST_TRIES) {
    cluster.counters.failures += 1;
    return void client.resetAndDestroy();
  }
  endpoint.active += 1;
  const upstream = connect({ host: endpoint.host, port: endpoint.port, noDelay: true, allowHalfOpen: true, timeout: CONNECT_LIMIT });
  const failed = () => {
    upstream.destroy();
    endpoint.failed(ctx.clock.monotonic());
    if (client.destroyed) return;
    cluster.counters.retries += 1;
    tryEndpoint(ctx, cluster, client, [...tried, endpoint]);
  };
  const abandoned = () => upstream.destroy();
  client.once('close', abandoned);
  upstream.once('timeout', () => upstream.destroy(new Error('the connection timed out')));
  upstream.once('error', failed);
  upstream.once('close', () => {
    endpoint.active -= 1;
    client.off('close', abandoned);
  });
  upstream.once('connect', () => {
    upstream.setTimeout(0);
    upstream.off('error', failed);
    client.off('close', abandoned);
    endpoint.answered();
    join(client, upstream);
  });
}
