/**
 * Decisions a second of the scheduler alone (no API), after the cases of kube-scheduler's own benchmark, scheduler_perf, beside its thresholds
 * (those are pods a second through an API server; `bench/cloud.ts` measures ours so). Every pod is decided and placed before the next one.
 */

import type { Node, Pod } from '../client/resources.ts';
import { Cluster } from '../scheduler/cache/cluster.ts';
import type { PodInfo } from '../scheduler/cache/pod-info.ts';
import { readConfiguration } from '../scheduler/config/configuration.ts';
import type { Profile } from '../scheduler/framework/profile.ts';
import { SchedulingQueue } from '../scheduler/queue/scheduling-queue.ts';
import { Decider } from '../scheduler/schedule-one.ts';
import { realClock } from '../types/part/clock.ts';
import { seededRandom } from '../types/part/random.ts';
import { perSecond, printTable, type Row } from './stats.ts';

const NODES = 5000;
const MANY_NODES = 30_000;
const PODS = 5000;
/** Milliseconds for one figure, at most. */
const BUDGET = 2500;
const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

type Spec = Partial<NonNullable<Pod['spec']>>;
type Labels = Record<string, string>;

function node(i: number): Node {
  return {
    metadata: { name: `node-${i}`, labels: { [HOST]: `node-${i}`, [ZONE]: `zone-${i % 3}` } },
    status: { allocatable: { cpu: '64', memory: '256Gi', pods: '250' } },
  };
}

function pod(i: number, labels: Labels, spec: Spec): Pod {
  const resources = { requests: { cpu: '100m', memory: '500Mi' } };
  return {
    metadata: { name: `pod-${i}`, namespace: 'bench', uid: `${i}`, labels },
    spec: { containers: [{ name: 'main', image: 'registry.example/app:v1', resources }], ...spec },
  };
}

const asking = (cpu: string): Spec => ({ containers: [{ name: 'main', image: 'app', resources: { requests: { cpu } } }] });
const near = (topologyKey: string) => ({ topologyKey, labelSelector: { matchLabels: { color: 'blue' } } });
const inNamespaces = (topologyKey: string) => ({ ...near(topologyKey), namespaceSelector: { matchLabels: { team: 'devops' } } });
const required = (term: object) => ({ requiredDuringSchedulingIgnoredDuringExecution: [term] }) as never;
const preferred = (term: object) => ({ preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] }) as never;
const spread = (whenUnsatisfiable: string) => ({
  topologySpreadConstraints: [{ maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector: { matchLabels: { color: 'blue' } } }],
});
const zoneIn = { matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-0', 'zone-1'] }] };
const nodeAffinity: Spec = {
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [zoneIn] } } },
};

const blue = () => ({ color: 'blue' });
const unlike = (i: number) => ({ color: 'blue', index: String(i) });

/** Name in scheduler_perf, threshold at 5,000 nodes, what the pods say. */
const CASES: [name: string, threshold: string, spec: Spec, labels?: (i: number) => Labels][] = [
  ['SchedulingBasic', '680 to 810', {}, () => ({})],
  ['SchedulingNodeAffinity', '220', nodeAffinity],
  ['SchedulingPodAffinity', '35', { affinity: { podAffinity: required(near(ZONE)) } }],
  ['SchedulingPodAntiAffinity', '60', { affinity: { podAntiAffinity: required(near(HOST)) } }],
  ['SchedulingPreferredPodAffinity', '90', { affinity: { podAffinity: preferred(near(HOST)) } }],
  ['SchedulingPreferredPodAntiAffinity', '90', { affinity: { podAntiAffinity: preferred(near(HOST)) } }],
  ['SchedulingRequiredPodAntiAffinityWithNSSelector', '24', { affinity: { podAntiAffinity: required(inNamespaces(HOST)) } }],
  ['TopologySpreading', '460', spread('DoNotSchedule')],
  ['TopologySpreading, every pod of other labels', '460', spread('DoNotSchedule'), unlike],
  ['PreferredTopologySpreading', '340', spread('ScheduleAnyway')],
];

interface Bench {
  cluster: Cluster;
  decider: Decider;
  profile: Profile;
}

function world(nodes: number): Bench {
  const random = seededRandom(1);
  const cluster = new Cluster();
  cluster.setNamespace('bench', { team: 'devops' });
  for (let i = 0; i < nodes; i++) cluster.setNode(node(i));
  const profile = readConfiguration({}, random).profiles[0];
  if (!profile) throw new Error('there is no default profile');
  return { cluster, decider: new Decider(profile, cluster, random), profile };
}

/** How often `step` runs in a second, and, if not always, how often it came out as it should. */
function rate(step: (i: number) => boolean): string {
  const start = realClock.monotonic();
  let well = 0;
  let all = 0;
  for (; all < PODS && realClock.monotonic() - start < BUDGET; all++) if (step(all)) well++;
  const seconds = (realClock.monotonic() - start) / 1000;
  return `${perSecond(all / seconds)}${well < all ? ` (${well} of ${all} placed)` : ''}`;
}

function place({ cluster, decider }: Bench, made: Pod): PodInfo | undefined {
  const info = cluster.describe(made);
  const decision = decider.decide(info);
  if (decision.result !== 'placed') return undefined;
  cluster.place(info, decision.node);
  return info;
}

function placing(nodes: number, spec: Spec, labels: (i: number) => Labels): string {
  const bench = world(nodes);
  return rate((i) => place(bench, pod(i, labels(i), spec)) !== undefined);
}

/** Every node is full of one pod of lower priority; each decision removes the least harmful and is carried out. */
function preempting(): string {
  const { cluster, decider } = world(NODES);
  for (let i = 0; i < NODES; i++) cluster.place(cluster.describe(pod(i, {}, asking('60'))), `node-${i}`);
  return rate((i) => {
    const info = cluster.describe(pod(NODES + i, {}, { priority: 10, ...asking('40') }));
    const decision = decider.decide(info);
    if (decision.result !== 'refused' || !decision.nominate) return false;
    const { node: name, victims } = decision.nominate;
    for (const victim of victims) cluster.displace(victim, name);
    cluster.place(info, name);
    return true;
  });
}

/** Pods that fit are placed while others wait that fit nowhere; every other decision is a refusal. */
function amongUnschedulable(): string {
  const bench = world(NODES);
  return rate((i) => {
    bench.decider.decide(bench.cluster.describe(pod(PODS + i, {}, asking('100'))));
    return place(bench, pod(i, {}, {})) !== undefined;
  });
}

/** Pods come and go, and between them nodes come, go and change their labels. */
function churning(): string {
  const bench = world(NODES);
  const there: PodInfo[] = [];
  return rate((i) => {
    const info = place(bench, pod(i, blue(), {}));
    if (info) there.push(info);
    if (i % 10 === 0) bench.cluster.removeNode(`node-${NODES + i - 20}`);
    if (i % 10 === 5) bench.cluster.setNode(node(NODES + i - 5));
    if (i % 10 === 7)
      bench.cluster.setNode({
        ...node(i % NODES),
        metadata: { name: `node-${i % NODES}`, labels: { [HOST]: `node-${i % NODES}`, step: `${i}` } },
      });
    if (i % 3 === 0) leave(bench, there.shift());
    return info !== undefined;
  });
}

function leave({ cluster }: Bench, info: PodInfo | undefined): void {
  if (!info) return;
  cluster.displace(info, cluster.nodes.at[info.slot]?.name ?? '');
  cluster.drop(info);
}

/** Thousands of gated pods wait in the queue; those without gates go through it. */
function besideGated(): string {
  const bench = world(NODES);
  const queue = new SchedulingQueue(realClock, bench.cluster, bench.profile.queueSort, { onReady: () => {} });
  for (let i = 0; i < 10_000; i++)
    queue.add(bench.cluster.describe(pod(PODS + i, {}, { schedulingGates: [{ name: 'wait' }] })), bench.profile);
  const result = rate((i) => {
    queue.add(bench.cluster.describe(pod(i, {}, {})), bench.profile);
    const next = queue.pop();
    const decision = next && bench.decider.decide(next);
    if (!next || decision?.result !== 'placed') return false;
    bench.cluster.place(next, decision.node);
    queue.remove(next);
    queue.happened({ what: 'podPlaced', pod: next.pod });
    return true;
  });
  queue.stop();
  return result;
}

/** Pods of every kind of wish in turn. */
function mixed(): string {
  const bench = world(NODES);
  const wishes = CASES.slice(0, 6).map(([, , spec]) => spec);
  return rate((i) => place(bench, pod(i, { color: 'blue' }, wishes[i % wishes.length] ?? {})) !== undefined);
}

/** A DaemonSet's pods: each names its node. */
function daemons(): string {
  const bench = world(15_000);
  return rate((i) => {
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: [`node-${i}`] }];
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } } };
    return place(bench, pod(i, {}, { affinity })) !== undefined;
  });
}

const rows: Row[] = CASES.map(([name, threshold, spec, labels = blue]) => [name, placing(NODES, spec, labels), threshold]);
rows.push(['MixedSchedulingBasePod', mixed(), '140']);
rows.push(['SchedulingWithMixedChurn', churning(), '710']);
rows.push(['SchedulingWhileGated (10,000 gated)', besideGated(), '910']);
rows.push(['Unschedulable (a refusal and a placement each)', amongUnschedulable(), '590 to 600']);
rows.push(['PreemptionBasic', preempting(), '570']);
rows.push(['SchedulingDaemonset, 15,000 nodes', daemons(), '1,100']);
rows.push(['SchedulingBasic, 30,000 nodes', placing(MANY_NODES, {}, () => ({})), 'aim 1,000']);
rows.push(['TopologySpreading, 30,000 nodes', placing(MANY_NODES, spread('DoNotSchedule'), blue), 'aim 1,000']);
printTable(`Decisions a second, ${NODES.toLocaleString('en')} nodes; scheduler_perf's thresholds beside`, rows);
