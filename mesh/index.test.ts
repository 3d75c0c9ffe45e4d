/** The whole mesh against a real API server: what is written there is what a client of a Service meets. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing.ts';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/connect.ts';
import { httpTransport } from '../client/http.ts';
import { type EndpointSlice, endpointSlices, events, type Service, services } from '../client/resources.ts';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import type { RunningPart } from '../types/part/part.ts';
import { seededRandom } from '../types/part/random.ts';
import { type Condition, type HTTPRoute, type HTTPRouteRule, httpRoutes } from './gateway/types.ts';
import { startMesh } from './index.ts';
import { startProxy } from './proxy/index.ts';
import { freePort } from './proxy/testing.ts';

const base = { clock: realClock, random: seededRandom(3), log: silentLog };
const namespace = 'default';
let api: TestApi;
let client: Client;
let socket: string;
const ended = new AbortController();
const running: RunningPart[] = [];
const servers: http.Server[] = [];

function start(run: (signal: AbortSignal) => RunningPart): { part: RunningPart; stop: () => Promise<void> } {
  const own = new AbortController();
  ended.signal.addEventListener('abort', () => own.abort());
  const part = run(own.signal);
  running.push(part);
  const stop = async () => {
    own.abort();
    await part.stopped;
  };
  return { part, stop };
}

const mesh = () => start((signal) => startMesh({ ...base, signal }, client, { socket }));

beforeAll(async () => {
  api = await startTestApi({ flags: { 'service-cluster-ip-range': { text: '127.0.80.0/20', first: 0x7f_00_50_00, size: 4096 } } });
  client = createClient(httpTransport(api.adminConnection), base);
  socket = join(api.dir, 'mesh.sock');
  await eventually(async () => (await client.raw('GET', '/apis/gateway.networking.k8s.io/v1')).status === 200);
});

afterAll(async () => {
  ended.abort();
  await Promise.all(running.map(({ stopped }) => stopped));
  for (const server of servers) server.close();
  client.close();
  await api.stop();
});

async function eventually(look: () => Promise<unknown>): Promise<void> {
  while (!(await look())) await realClock.sleep(10);
}

async function endpoint(name: string): Promise<number> {
  const server = http.createServer((_, response) => response.end(name)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A Service at a loopback address with one endpoint, which answers with the Service's name. */
async function service(name: string, clusterIP: string, ports: object[], target: number): Promise<Service> {
  const made = await client.create(services, { metadata: { name, namespace }, spec: { clusterIP, ports } } as Service);
  const slice = {
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: target, protocol: 'TCP' }],
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
  };
  await client.create(endpointSlices, slice as EndpointSlice);
  return made;
}

async function get(host: string, port: number, headers = {}): Promise<{ status: number; body: string }> {
  const [response] = (await once(http.get({ host, port, headers, agent: false }), 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const part of response.setEncoding('utf8')) body += part;
  return { status: response.statusCode ?? 0, body };
}

const answers = (host: string, port: number, body: string) =>
  eventually(async () => (await get(host, port).catch(() => undefined))?.body === body);

const route = (name: string, parent: string, rules: HTTPRouteRule[]): HTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name, namespace },
  spec: { parentRefs: [{ group: '', kind: 'Service', name: parent }], rules },
});

/** The conditions of a route, by type, once `Programmed` or the refusal is in. */
async function conditions(name: string, settled: (found: Record<string, Condition>) => boolean): Promise<Record<string, Condition>> {
  let found: Record<string, Condition> = {};
  await eventually(async () => {
    const { status } = await client.get(httpRoutes, name, namespace);
    found = Object.fromEntries((status?.parents[0]?.conditions ?? []).map((condition) => [condition.type, condition]));
    return settled(found);
  });
  return found;
}

test('from the API to the answer', async () => {
  const port = await freePort();
  const http80 = [{ name: 'http', port, protocol: 'TCP' }];
  const controller = mesh();
  const proxy = start((signal) => startProxy({ ...base, signal }, { socket, 'mesh-drain-timeout': 0 }));
  await Promise.all([controller.part.ready, proxy.part.ready]);

  const front = '127.0.81.1';
  await service('front', front, [...http80, { name: 'dns', port: 53, protocol: 'UDP' }], await endpoint('front'));
  await service('v1', '127.0.81.2', http80, await endpoint('v1'));
  await service('v2', '127.0.81.3', http80, await endpoint('v2'));
  await answers(front, port, 'front');

  // A route takes over, and says so.
  const to = (name: string, weight = 1) => ({ name, port, weight });
  await client.create(httpRoutes, route('split', 'front', [{ backendRefs: [to('v1')] }]));
  await answers(front, port, 'v1');
  const good = await conditions('split', (found) => found.Programmed?.status === 'True');
  expect(good.Accepted).toMatchObject({ status: 'True', reason: 'Accepted', observedGeneration: 1 });
  expect(good.ResolvedRefs).toMatchObject({ status: 'True', reason: 'ResolvedRefs' });
  expect(good.Programmed?.message).toMatch(/^version [0-9a-f]{12} acknowledged by 1 proxy$/);

  // A change is obeyed, and half of a broken one.
  const change = (backendRefs: object[]) =>
    client.patch(httpRoutes, { name: 'split', namespace }, 'merge', { spec: { rules: [{ backendRefs }] } });
  await change([to('v2')]);
  await answers(front, port, 'v2');
  await change([to('v2'), to('missing')]);
  const broken = await conditions(
    'split',
    (found) => found.ResolvedRefs?.status === 'False' && found.ResolvedRefs.observedGeneration === 3,
  );
  expect(broken.ResolvedRefs).toMatchObject({ reason: 'BackendNotFound', message: 'Service default/missing does not exist' });
  const statuses = [];
  for (let i = 0; i < 10; i++) statuses.push((await get(front, port)).status);
  expect(statuses.filter((status) => status === 500)).toHaveLength(5);

  // The missing backend comes.
  await service('missing', '127.0.81.4', http80, await endpoint('found'));
  await conditions('split', (found) => found.ResolvedRefs?.status === 'True' && found.Programmed?.status === 'True');
  const bodies = new Set<string>();
  for (let i = 0; i < 4; i++) bodies.add((await get(front, port)).body);
  expect(bodies).toEqual(new Set(['v2', 'found']));

  // A bad route is refused by condition, and the Service goes on.
  await client.create(httpRoutes, route('bad', 'v1', [{ matches: [{ path: { type: 'RegularExpression', value: '/.*' } }] }]));
  const refused = await conditions('bad', (found) => found.Accepted !== undefined);
  expect(refused.Accepted).toMatchObject({ status: 'False', reason: 'UnsupportedValue' });
  expect((await get('127.0.81.2', port)).body).toBe('v1');

  // What can't be carried is told.
  await eventually(async () => (await client.list(events, { namespace })).items.some((e) => e.reason === 'UnsupportedProtocol'));

  // The controller dies; the proxy goes on; the next controller changes nothing, and follows again.
  const before = await client.get(httpRoutes, 'split', namespace);
  await controller.stop();
  expect((await get('127.0.81.2', port)).body).toBe('v1');
  await mesh().part.ready;
  await change([to('v1')]);
  await answers(front, port, 'v1');
  await conditions('split', (found) => found.Programmed?.status === 'True' && found.Programmed.observedGeneration === 4);
  const after = await client.get(httpRoutes, 'bad', namespace);
  expect(after.status?.parents[0]?.conditions[0]?.lastTransitionTime).toBe(refused.Accepted?.lastTransitionTime);
  expect(Number(before.metadata?.generation)).toBe(3);

  // What is deleted is no longer listened on.
  await client.delete(services, { name: 'front', namespace });
  await eventually(async () => (await get(front, port).catch((error) => error)).code === 'ECONNREFUSED');
  const orphan = await conditions('split', (found) => found.Accepted?.status === 'False');
  expect(orphan.Accepted?.reason).toBe('NoMatchingParent');
});
