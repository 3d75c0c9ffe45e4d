/**
 * What the proxy costs: requests a second and latency through it against direct calls, for both of its modes, and requests for each second
 * of its CPU. `node bench/proxy.ts [seconds for each run]`; uses wrk where it is installed, else a small client of its own.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ResourceConfig } from '../mesh/config/resource.ts';
import { startProxy } from '../mesh/proxy/index.ts';
import { PushServer } from '../mesh/push/server.ts';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { systemRandom } from '../types/part/random.ts';

const CONNECTIONS = 32;
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 1024\r\n\r\n${'x'.repeat(1024)}`;

interface Figures {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** The process under test: says its CPU time whenever it is asked. */
async function proxyProcess(socket: string): Promise<void> {
  const signal = new AbortController().signal;
  process.on('message', () => process.send?.(process.cpuUsage()));
  await startProxy({ clock: realClock, random: systemRandom(), log: silentLog, signal }, { socket }).ready;
  process.send?.('ready');
}

/** Answers every request with 1 KB, without reading it: as little as an endpoint can do, so that the proxy is what is measured. */
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

async function load(port: number, seconds: number): Promise<Figures> {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', `http://127.0.0.1:${port}/`];
  try {
    const { stdout } = await promisify(execFile)('wrk', args);
    return {
      perSecond: number(stdout, /Requests\/sec:\s+([\d.]+)()/),
      p50: number(stdout, /50%\s+([\d.]+)(us|ms|s)/),
      p99: number(stdout, /99%\s+([\d.]+)(us|ms|s)/),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return ownLoad(port, seconds);
  }
}

const UNIT: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };

function number(text: string, pattern: RegExp): number {
  const [, value, unit] = pattern.exec(text) ?? [];
  return Number(value) * (UNIT[unit ?? ''] ?? 1);
}

/** Closed loop on as many connections as wrk uses. */
async function ownLoad(port: number, seconds: number): Promise<Figures> {
  const times: number[] = [];
  const end = realClock.monotonic() + seconds * 1000;
  const one = async () => {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    while (realClock.monotonic() < end) {
      const start = realClock.monotonic();
      socket.write('GET / HTTP/1.1\r\nhost: bench\r\n\r\n');
      for (let got = 0; got < 1024; ) got += ((await once(socket, 'data')) as [Buffer])[0].length;
      times.push(realClock.monotonic() - start);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) };
}

function configuration(ports: { tcp: number; http: number }, endpoints: string[]): ResourceConfig[] {
  const listener = (name: string, port: number, routes?: string): ResourceConfig => ({
    type: 'listener',
    name,
    addresses: ['127.0.0.1'],
    ports: [{ port, cluster: 'bench/web:80', ...(routes && { routes }) }],
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

async function cpuOf(child: ReturnType<typeof fork>): Promise<number> {
  child.send('cpu');
  const [usage] = (await once(child, 'message')) as [NodeJS.CpuUsage];
  return (usage.user + usage.system) / 1e6;
}

async function main(seconds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-proxy-'));
  const socket = join(directory, 'mesh.sock');
  const servers = [endpoint(), endpoint()];
  const targets = await Promise.all(servers.map(listen));
  const ports = { tcp: await freePort(), http: await freePort() };
  const push = new PushServer(silentLog, () => {});
  push.publish(
    configuration(
      ports,
      targets.map((port) => `127.0.0.1:${port}`),
    ),
    [],
  );
  await push.listen(socket);
  const child = fork(import.meta.filename, ['--proxy', socket]);
  await once(child, 'message');
  const rows = [];
  for (const [name, port] of [
    ['direct', targets[0]],
    ['TCP', ports.tcp],
    ['HTTP', ports.http],
  ] as [string, number][]) {
    await load(port, 1);
    const before = await cpuOf(child);
    const figures = await load(port, seconds);
    rows.push({ name, ...figures, cpu: (await cpuOf(child)) - before });
  }
  print(rows, seconds);
  child.kill();
  await push.close();
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
  process.exit(0);
}

function print(rows: (Figures & { name: string; cpu: number })[], seconds: number): void {
  const direct = rows[0] as Figures;
  console.log(`${CONNECTIONS} connections, answers of 1 KB, ${seconds} s each`);
  console.log('mode     req/s   p50 ms   p99 ms   added p50   added p99   req per proxy CPU second');
  for (const { name, perSecond, p50, p99, cpu } of rows) {
    const cells = [name.padEnd(6), perSecond.toFixed(0).padStart(7), p50.toFixed(2).padStart(8), p99.toFixed(2).padStart(8)];
    const added = [(p50 - direct.p50).toFixed(2).padStart(11), (p99 - direct.p99).toFixed(2).padStart(11)];
    console.log([...cells, ...added, name === 'direct' ? '' : ((perSecond * seconds) / cpu).toFixed(0).padStart(10)].join(' '));
  }
}

if (process.argv[2] === '--proxy') await proxyProcess(process.argv[3] as string);
else await main(Number(process.argv[2] ?? 5));
