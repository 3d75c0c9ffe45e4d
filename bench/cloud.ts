/**
 * A whole cloud, as its user starts it: time to ready, memory at rest, a Deployment of 5,000 pods on 1,000 machines, reads.
 * `node bench/cloud.ts [--starts 5] [--machines 1000] [--pods 5000]`, about two minutes.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/connect.ts';
import { httpTransport } from '../client/http.ts';
import { connectionFromKubeconfig } from '../client/kubeconfig.ts';
import { deployments, type Pod, pods } from '../client/resources.ts';
import { Cloud, eventually } from '../test/cloud.ts';
import { realClock as clock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { seededRandom } from '../types/part/random.ts';
import { median, mib, ms, perSecond, printTable, quantile, type Row } from './stats.ts';

const { values: args } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    machines: { type: 'string', default: '1000' },
    pods: { type: 'string', default: '5000' },
  },
});

const STORES = [
  { store: 'embedded', aim: 'under 1 s' },
  { store: 'redis', aim: 'under 1.5 s' },
];

async function clientOf(cloud: Cloud): Promise<Client> {
  const connection = await connectionFromKubeconfig(cloud.kubeconfig);
  return createClient(httpTransport(connection), { clock, random: seededRandom(1), log: silentLog, userAgent: 'bench' });
}

/** Proportional set size: shared pages are counted once. */
function memoryOf(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

async function processesOf(cloud: Cloud): Promise<{ name: string; pid: number }[]> {
  const { parts } = await cloud.status();
  return [{ name: 'kumulus', pid: cloud.pid }, ...parts.map((p) => ({ name: p.name, pid: p.pid ?? 0 }))];
}

async function startOnce(store: string, dir?: string): Promise<{ seconds: number; cloud: Cloud }> {
  const before = clock.monotonic();
  const cloud = await Cloud.start(['--store', store, '--nodes', '10'], dir);
  return { seconds: (clock.monotonic() - before) / 1000, cloud };
}

async function starts(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { store, aim } of STORES) {
    const fresh: number[] = [];
    const again: number[] = [];
    let memory = '';
    for (let i = 0; i <= Number(args.starts); i++) {
      const first = await startOnce(store);
      first.cloud.signal('SIGTERM');
      await first.cloud.ended();
      const second = await startOnce(store, first.cloud.dir);
      if (i === 0) memory = await atRest(second.cloud);
      else {
        fresh.push(first.seconds * 1000);
        again.push(second.seconds * 1000);
      }
      await second.cloud.stop();
    }
    rows.push([`${store}: up to ready, 10 machines, new data directory (median of ${fresh.length})`, ms(median(fresh)), aim]);
    rows.push([`${store}: up to ready, again on it`, ms(median(again)), aim]);
    rows.push([
      `${store}: memory at rest, all processes (PSS)`,
      memory,
      'under 500 MB; apiserver + etcd + scheduler + controllers 501 MiB',
    ]);
  }
  return rows;
}

async function atRest(cloud: Cloud): Promise<string> {
  await clock.sleep(3000);
  const found = (await processesOf(cloud)).map(({ name, pid }) => ({ name, bytes: memoryOf(pid) }));
  const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${mib(total)} (${found.map(({ name, bytes }) => `${name} ${mib(bytes)}`).join(', ')})`;
}

/** When each pod was first seen, seen with a node, and seen Running. */
interface Seen {
  created: Map<string, number>;
  scheduled: Map<string, number>;
  running: Map<string, number>;
}

async function follow(client: Client, seen: Seen, signal: AbortSignal): Promise<void> {
  const { metadata } = await client.list(pods, { namespace: 'default' });
  for await (const { type, object } of client.watch(pods, {
    namespace: 'default',
    resourceVersion: metadata.resourceVersion ?? '',
    signal,
  })) {
    if (type === 'ADDED' || type === 'MODIFIED') note(seen, object);
  }
}

function note(seen: Seen, pod: Pod): void {
  const name = pod.metadata?.name ?? '';
  const first = (map: Map<string, number>) => map.has(name) || map.set(name, clock.monotonic());
  first(seen.created);
  if (pod.spec?.nodeName) first(seen.scheduled);
  if (pod.status?.phase === 'Running') first(seen.running);
}

const rate = (times: Map<string, number>): number => {
  const all = [...times.values()];
  return ((all.length - 1) * 1000) / (Math.max(...all) - Math.min(...all));
};

async function rollout(store: string): Promise<Row[]> {
  const machines = Number(args.machines);
  const count = Number(args.pods);
  const before = clock.monotonic();
  const cloud = await Cloud.start(['--store', store, '--nodes', String(machines)]);
  const up = clock.monotonic() - before;
  const client = await clientOf(cloud);
  const seen: Seen = { created: new Map(), scheduled: new Map(), running: new Map() };
  const watching = new AbortController();
  const follower = follow(client, seen, watching.signal).catch(() => {});
  await client.create(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'many', namespace: 'default' },
    spec: {
      replicas: count,
      selector: { matchLabels: { app: 'many' } },
      template: {
        metadata: { labels: { app: 'many' } },
        spec: { containers: [{ name: 'c', image: 'many:1', resources: { requests: { cpu: '100m', memory: '128Mi' } } }] },
      },
    },
  } as never);
  await eventually(async () => seen.running.size >= count, `${count} pods run`, 120);
  const latencies = [...seen.running].map(([name, at]) => at - (seen.created.get(name) ?? at));
  const reads = await readsOf(client);
  const memory = await atRest(cloud);
  watching.abort();
  await follower;
  client.close();
  await cloud.stop();
  return [
    [`${store}: up to ready with ${machines} machines`, ms(up), 'KWOK 14.0 s'],
    [`${store}: ${count} pods of one Deployment, created`, perSecond(rate(seen.created)), 'kube-apiserver with etcd 911 to 1,148/s'],
    [`${store}: scheduled`, perSecond(rate(seen.scheduled)), 'over 1,000/s; kube-scheduler 261 to 306/s'],
    [`${store}: first created to last Running`, ms(span(seen)), 'KWOK 38.4 s'],
    [`${store}: created to Running, p50 / p99`, `${ms(quantile(latencies, 0.5))} / ${ms(quantile(latencies, 0.99))}`],
    ...reads.map(([what, figure, peer]): Row => [`${store}: ${what}`, figure, peer]),
    [`${store}: memory with them, all processes (PSS)`, memory, '1,160 MiB without kubelets'],
  ];
}

function span({ created, running }: Seen): number {
  return Math.max(...running.values()) - Math.min(...created.values());
}

async function readsOf(client: Client): Promise<Row[]> {
  const { items } = await client.list(pods, { namespace: 'default', limit: 1 });
  const name = items[0]?.metadata?.name ?? '';
  const got = await repeat(4000, 32, () => client.get(pods, name, 'default'));
  const lists: number[] = [];
  for (let i = 0; i < 15; i++) lists.push(await timed(() => client.raw('GET', '/api/v1/namespaces/default/pods')));
  return [
    ['GET one pod, 32 at a time (one client process)', perSecond(got), '2,900 to 3,200/s'],
    [`LIST of ${args.pods} pods, consistent (parsing included)`, ms(median(lists)), '161 ms'],
  ];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const before = clock.monotonic();
  await run();
  return clock.monotonic() - before;
}

/** Runs `run` `times` times, `at` at a time; answers how many a second. */
async function repeat(times: number, at: number, run: () => Promise<unknown>): Promise<number> {
  const before = clock.monotonic();
  let left = times;
  const worker = async () => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: at }, worker));
  return (times * 1000) / (clock.monotonic() - before);
}

printTable('Start and rest', await starts());
for (const { store } of STORES) printTable(`${args.pods} pods on ${args.machines} machines, ${store}`, await rollout(store));
