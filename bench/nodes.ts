/**
 * The simulated kubelets alone: an API server and nodes/, no controllers, no scheduler. Plain nodes come up, pods that are bound to them
 * from the start run and go, and then all is at rest. KWOK's own gates are taken so too.
 * `node bench/nodes.ts [--nodes 1000] [--pods 5000] [--rest 20]`, about a minute.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/connect.ts';
import { httpTransport } from '../client/http.ts';
import type { Informers } from '../client/informer.ts';
import { createInformers } from '../client/informers.ts';
import { connectionFromKubeconfig } from '../client/kubeconfig.ts';
import { nodes, type Pod, pods } from '../client/resources.ts';
import { Cloud } from '../test/cloud.ts';
import { realClock as clock } from '../types/part/clock.ts';
import { silentLog as log } from '../types/part/log.ts';
import { seededRandom } from '../types/part/random.ts';
import { mib, ms, perSecond, printTable, quantile, type Row } from './stats.ts';

const { values: args } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1000' },
    pods: { type: 'string', default: '5000' },
    rest: { type: 'string', default: '20' },
  },
});
const NODES = Number(args.nodes);
const PODS = Number(args.pods);

const nodeName = (i: number) => `node-${i}`;
const podName = (i: number) => `pod-${i}`;

/** Calls `act` for 0 to `count`-1, 32 at a time. */
async function many(count: number, act: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await clock.sleep(2);
}

async function bringUp(client: Client, informers: Informers): Promise<Row> {
  const ready = new Set<string>();
  informers.for(nodes).handle({
    update: ({ metadata, status }) => {
      if (status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')) ready.add(metadata?.name ?? '');
    },
  });
  const before = clock.monotonic();
  await many(NODES, (i) => client.create(nodes, { metadata: { name: nodeName(i), annotations: { 'kwok.x-k8s.io/node': 'fake' } } }));
  await until(() => ready.size >= NODES);
  return [`${NODES} plain nodes created, all Ready`, ms(clock.monotonic() - before), 'KWOK 14.0 s for 1,000'];
}

function podOf(i: number): Pod {
  const container = { name: 'c', image: 'web:v1', ports: [{ containerPort: 8080 }] };
  const spec = { nodeName: nodeName(i % NODES), terminationGracePeriodSeconds: 1, containers: [container] };
  return { metadata: { name: podName(i), namespace: 'default' }, spec };
}

async function runPods(client: Client, informers: Informers): Promise<Row[]> {
  const asked = new Map<string, number>();
  const took = new Map<string, number>();
  informers.for(pods).handle({
    update: ({ metadata, status }) => {
      const name = metadata?.name ?? '';
      if (status?.phase === 'Running' && !took.has(name)) took.set(name, clock.monotonic() - (asked.get(name) ?? 0));
    },
  });
  const before = clock.monotonic();
  await many(PODS, (i) => {
    asked.set(podName(i), clock.monotonic());
    return client.create(pods, podOf(i));
  });
  await until(() => took.size >= PODS);
  const seconds = (clock.monotonic() - before) / 1000;
  const times = [...took.values()];
  return [
    [`${PODS} bound pods created, all Running, each with a port that answers`, perSecond(PODS / seconds), 'KWOK 91 to 130/s'],
    ['create asked to Running seen, p50 / p99', `${ms(quantile(times, 0.5))} / ${ms(quantile(times, 0.99))}`],
  ];
}

async function removePods(client: Client, informers: Informers): Promise<Row> {
  const known = informers.for(pods);
  const before = clock.monotonic();
  await many(PODS, (i) => client.delete(pods, { name: podName(i), namespace: 'default' }));
  await until(() => known.size === 0);
  return [`${PODS} pods deleted, all gone`, ms(clock.monotonic() - before), 'KWOK 29.7 s for 5,000'];
}

/** CPU time of a process so far, in milliseconds (clock ticks are hundredths of a second on Linux). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const memoryOf = (pid: number) => Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) * 1024;

async function atRest(cloud: Cloud): Promise<Row[]> {
  const { parts } = await cloud.status();
  const before = parts.map(({ pid }) => cpuOf(pid ?? 0));
  await clock.sleep(Number(args.rest) * 1000);
  return parts.map(({ name, pid = 0 }, i) => {
    const share = (cpuOf(pid) - (before[i] ?? 0)) / (Number(args.rest) * 10);
    return [`${name} at rest with them: CPU of one core, memory (PSS)`, `${share.toFixed(1)} %, ${mib(memoryOf(pid))}`];
  });
}

const cloud = await Cloud.start(['--only', 'api,nodes', '--disable-admission-plugins', 'ServiceAccount']);
const ending = new AbortController();
const part = { clock, random: seededRandom(1), log, signal: ending.signal };
const client = createClient(httpTransport(await connectionFromKubeconfig(cloud.kubeconfig)), part);
const informers = createInformers(client, part);
informers.for(nodes);
informers.for(pods);
informers.start();
await informers.whenSynced();

const rows = [await bringUp(client, informers), ...(await runPods(client, informers)), ...(await atRest(cloud))];
rows.push(await removePods(client, informers));
printTable(`Simulated kubelets: ${NODES} nodes, ${PODS} pods`, rows);
ending.abort();
client.close();
await cloud.stop();
