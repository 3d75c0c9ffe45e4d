/**
 * What the proxy costs: requests a second and latency through it against direct calls, for both of its modes, and requests for each second
 * of its CPU; and how soon a change of a route is obeyed. `node bench/proxy.ts [seconds of each run, 5]`, under a minute.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceConfig } from '../mesh/config/resource.ts';
import { startProxy } from '../mesh/proxy/index.ts';
import { PushServer } from '../mesh/push/server.ts';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { systemRandom } from '../types/part/random.ts';
import { BODY, CONNECTIONS, type Figures, load } from './proxy/load.ts';
import { routeChanges } from './proxy/route-change.ts';
import { ms, perSecond, printTable, quantile, type Row } from './stats.ts';

const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${BODY}\r\n\r\n${'x'.repeat(BODY)}`;
const CHANGES = 40;

/** The process under test: says its CPU time whenever it is asked. */
async function proxyProcess(socket: string): Promise<void> {
  const { signal } = new AbortController();
  process.on('message', () => process.send?.(process.cpuUsage()));
  await startProxy({ clock: realClock, random: systemRandom(), log: silentLog, signal }, { socket }).ready;
  process.send?.('ready');
}

/** Answers whatever comes, without reading it: as little as an endpoint can do, so that the proxy is what is measured. */
function endpoint(): Server {
  return createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write(ANSWER));
  });
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

function configuration(ports: { tcp: number; http: number }, endpoints: string[]): ResourceConfig[] {
  const listener = (name: string, port: number, routes?: string): ResourceConfig => ({
    type: 'listener',
    name,
    addresses: ['127.0.0.1'],
    ports: [{ port, cluster: 'bench/web:80', ...(routes && { http: true as const, routes }) }],
  });
  return [
    { type: 'cluster', name: 'bench/web:80', endpoints },
    {
      type: 'routes',
      name: 'bench/http:80',
      entries: [
        { path: { prefix: '/' }, headers: [['x-canary', 'true']], rule: 0 },
        { path: { prefix: '/' }, rule: 0 },
      ],
      rules: [{ name: 'bench/web/0', backends: [{ weight: 1, cluster: 'bench/web:80' }] }],
    },
    listener('bench/tcp', ports.tcp),
    listener('bench/http', ports.http, 'bench/http:80'),
  ];
}

async function cpuSeconds(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [usage] = (await once(child, 'message')) as [NodeJS.CpuUsage];
  return (usage.user + usage.system) / 1e6;
}

async function throughput(seconds: number): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-proxy-'));
  const socket = join(directory, 'mesh.sock');
  const servers = [endpoint(), endpoint()];
  const targets = await Promise.all(servers.map(listen));
  const ports = { tcp: await freePort(), http: await freePort() };
  const push = new PushServer(silentLog, () => {});
  const addresses = targets.map((port) => `127.0.0.1:${port}`);
  push.publish(configuration(ports, addresses), []);
  await push.listen(socket);
  const child = fork(import.meta.filename, ['--proxy', socket]);
  await once(child, 'message');
  const measure = async (port: number) => {
    await load(port, 1);
    const before = await cpuSeconds(child);
    const figures = await load(port, seconds);
    return { ...figures, perCpuSecond: (figures.perSecond * seconds) / ((await cpuSeconds(child)) - before) };
  };
  const direct = await measure(targets[0] as number);
  const tcp = await measure(ports.tcp);
  const viaHttp = await measure(ports.http);
  child.kill();
  await push.close();
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
  return [['direct', shown(direct)], ...proxied('TCP', tcp, direct), ...proxied('HTTP', viaHttp, direct)];
}

const shown = ({ perSecond: rate, p50, p99 }: Figures) => `${perSecond(rate)}, p50 ${ms(p50)}, p99 ${ms(p99)}`;

function proxied(mode: string, figures: Figures & { perCpuSecond: number }, direct: Figures): Row[] {
  return [
    [`through the proxy, ${mode}`, shown(figures), `${(figures.perSecond / direct.perSecond).toFixed(2)} of direct`],
    [`added latency, ${mode}`, `p50 ${ms(figures.p50 - direct.p50)}, p99 ${ms(figures.p99 - direct.p99)}`],
    [`for each second of the proxy's CPU, ${mode}`, perSecond(figures.perCpuSecond)],
  ];
}

async function main(seconds: number): Promise<void> {
  const rows = await throughput(seconds);
  const times = await routeChanges(CHANGES);
  rows.push([
    'route change to first request obeying it',
    `p50 ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))}`,
    'under 100 ms',
  ]);
  printTable(`Proxy: ${CONNECTIONS} connections, answers of 1 KB, wrk or our own client, endpoints and proxy on one machine`, rows);
  process.exit(0);
}

if (process.argv[2] === '--proxy') await proxyProcess(process.argv[3] as string);
else await main(Number(process.argv[2] ?? 5));
