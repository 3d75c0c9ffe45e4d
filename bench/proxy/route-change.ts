/** How long after a change of an HTTPRoute was sent to the API the first request obeys it, on a connection that was open before. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadAll } from 'js-yaml';
import type { Client } from '../../client/client.ts';
import { createClient } from '../../client/connect.ts';
import { isAlreadyExists } from '../../client/errors.ts';
import { httpTransport } from '../../client/http.ts';
import { connectionFromKubeconfig } from '../../client/kubeconfig.ts';
import { customResourceDefinitions, type EndpointSlice, endpointSlices, type Service, services } from '../../client/resources.ts';
import { type HTTPRoute, httpRoutes } from '../../mesh/gateway/types.ts';
import { Cloud, eventually } from '../../test/cloud.ts';
import { realClock as clock } from '../../types/part/clock.ts';
import { silentLog } from '../../types/part/log.ts';
import { systemRandom } from '../../types/part/random.ts';

const namespace = 'default';
const PORT = 18_080;
const VERSIONS = ['v1', 'v2'] as const;

/** Milliseconds of each of `changes` changes. Starts a cloud of its own: the API, the mesh's controller and its proxy. */
export async function routeChanges(changes: number): Promise<number[]> {
  const cloud = await Cloud.start(['--store', 'embedded', '--only', 'api,mesh']);
  const connection = await connectionFromKubeconfig(cloud.kubeconfig);
  const client = createClient(httpTransport(connection), { clock, random: systemRandom(), log: silentLog });
  const servers = VERSIONS.map((version) => http.createServer((_, response) => response.end(version)));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const address = await prepare(client, servers);
    const times: number[] = [];
    await until(agent, address, VERSIONS[0]);
    for (let i = 1; i <= changes; i++) {
      const version = VERSIONS[i % 2] as string;
      const start = clock.monotonic();
      await Promise.all([change(client, version), until(agent, address, version)]);
      times.push(clock.monotonic() - start);
    }
    return times;
  } finally {
    agent.destroy();
    client.close();
    for (const server of servers) server.close();
    await cloud.stop();
  }
}

/** The kinds, a Service for each version, one in front, and its route. Returns the front's address. */
async function prepare(client: Client, servers: http.Server[]): Promise<string> {
  for (const crd of loadAll(readFileSync(new URL('../../crds/gateway-api.yaml', import.meta.url), 'utf8'))) {
    await client.create(customResourceDefinitions, crd as never).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }
  await eventually(async () => (await client.raw('GET', '/apis/gateway.networking.k8s.io/v1')).status === 200, 'the kinds are served');
  for (const [i, version] of VERSIONS.entries()) await serve(client, version, servers[i] as http.Server);
  const front = await client.create(services, serviceOf('front'));
  const route: HTTPRoute = {
    metadata: { name: 'front', namespace },
    spec: { parentRefs: [{ group: '', kind: 'Service', name: 'front' }], rules: rulesTo(VERSIONS[0]) },
  };
  await client.create(httpRoutes, route);
  return front.spec?.clusterIP as string;
}

async function serve(client: Client, version: string, server: http.Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await client.create(services, serviceOf(version));
  const slice = {
    metadata: { name: version, namespace, labels: { 'kubernetes.io/service-name': version } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: (server.address() as AddressInfo).port, protocol: 'TCP' }],
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
  };
  await client.create(endpointSlices, slice as EndpointSlice);
}

const serviceOf = (name: string): Service => ({ metadata: { name, namespace }, spec: { ports: [{ name: 'http', port: PORT }] } });

const rulesTo = (version: string) => [{ backendRefs: [{ name: version, port: PORT }] }];

const change = (client: Client, version: string) =>
  client.patch(httpRoutes, { name: 'front', namespace }, 'merge', { spec: { rules: rulesTo(version) } });

/** Asks again and again until `version` answers. */
async function until(agent: http.Agent, host: string, version: string): Promise<void> {
  while ((await ask(agent, host)) !== version);
}

async function ask(agent: http.Agent, host: string): Promise<string> {
  try {
    const [response] = (await once(http.get({ host, port: PORT, agent }), 'response')) as [http.IncomingMessage];
    let body = '';
    for await (const part of response.setEncoding('utf8')) body += part;
    return body;
  } catch {
    // Before the first configuration nothing listens.
    await clock.sleep(20);
    return '';
  }
}
