/** Decisions a second of the scheduler alone (no API): `node bench/scheduler.ts`. Every pod is decided and placed before the next one. */

import type { Node, Pod } from '../client/resources.ts';
import { Cluster } from '../scheduler/cache/cluster.ts';
import { readConfiguration } from '../scheduler/config/configuration.ts';
import { Decider } from '../scheduler/schedule-one.ts';
import { realClock } from '../types/part/clock.ts';
import { seededRandom } from '../types/part/random.ts';

const SIZES = [100, 1000, 5000];
const PODS = 3000;
/** Milliseconds for one figure, at most. */
const BUDGET = 1500;
const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

type Spec = Partial<NonNullable<Pod['spec']>>;

function node(i: number): Node {
  return {
    metadata: { name: `node-${i}`, labels: { [HOST]: `node-${i}`, [ZONE]: `zone-${i % 3}` } },
    status: { allocatable: { cpu: '64', memory: '256Gi', pods: '250' } },
  };
}

function pod(i: number, labels: Record<string, string>, spec: Spec): Pod {
  const resources = { requests: { cpu: '100m', memory: '500Mi' } };
  return {
    metadata: { name: `pod-${i}`, namespace: 'bench', uid: `${i}`, labels },
    spec: { containers: [{ name: 'main', image: 'registry.example/app:v1', resources }], ...spec },
  };
}

const near = (topologyKey: string) => ({ topologyKey, labelSelector: { matchLabels: { color: 'blue' } } });
const spread = (whenUnsatisfiable: string) => ({
  maxSkew: 5,
  topologyKey: ZONE,
  whenUnsatisfiable,
  labelSelector: { matchLabels: { color: 'blue' } },
});
const zoneIn = { matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-0', 'zone-1'] }] };

/** After kube-scheduler's own benchmark, scheduler_perf. */
const CASES: Record<string, Spec> = {
  basic: {},
  'node affinity': { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [zoneIn] } } } },
  'required affinity': { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near(ZONE)] } } },
  'required anti-affinity': { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near(HOST)] } } },
  'preferred affinity': {
    affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near(HOST) }] } },
  },
  'preferred anti-affinity': {
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near(HOST) }] } },
  },
  'required spread': { topologySpreadConstraints: [spread('DoNotSchedule')] },
  'preferred spread': { topologySpreadConstraints: [spread('ScheduleAnyway')] },
};

function world(nodes: number): { cluster: Cluster; decider: Decider } {
  const random = seededRandom(1);
  const cluster = new Cluster();
  for (let i = 0; i < nodes; i++) cluster.setNode(node(i));
  const profile = readConfiguration({}, random).profiles[0];
  if (!profile) throw new Error('there is no default profile');
  return { cluster, decider: new Decider(profile, cluster, random) };
}

/** How often `decide` runs in a second, and, if not always, how often it came out as it should. */
function rate(decide: (i: number) => boolean): string {
  const start = realClock.monotonic();
  let well = 0;
  let all = 0;
  for (; all < PODS && realClock.monotonic() - start < BUDGET; all++) if (decide(all)) well++;
  const seconds = (realClock.monotonic() - start) / 1000;
  return `${Math.round(all / seconds)}${well < all ? ` (${well} of ${all})` : ''}`;
}

function decisionsPerSecond(nodes: number, spec: Spec, labelsOf: (i: number) => Record<string, string>): string {
  const { cluster, decider } = world(nodes);
  return rate((i) => {
    const info = cluster.describe(pod(i, labelsOf(i), spec));
    const decision = decider.decide(info);
    if (decision.result !== 'placed') return false;
    cluster.place(info, decision.node);
    return true;
  });
}

/** Every node is full of one pod of lower priority; each decision removes the least harmful and is carried out. */
function preemptionsPerSecond(nodes: number): string {
  const { cluster, decider } = world(nodes);
  for (let i = 0; i < nodes; i++) {
    const small = pod(i, {}, { containers: [{ name: 'main', image: 'app', resources: { requests: { cpu: '60' } } }] });
    cluster.place(cluster.describe(small), `node-${i}`);
  }
  const large = { priority: 10, containers: [{ name: 'main', image: 'app', resources: { requests: { cpu: '40' } } }] };
  return rate((i) => {
    const info = cluster.describe(pod(nodes + i, {}, large));
    const decision = decider.decide(info);
    if (decision.result !== 'refused' || !decision.nominate) return false;
    const { node: name, victims } = decision.nominate;
    for (const victim of victims) cluster.displace(victim, name);
    cluster.place(info, name);
    return true;
  });
}

/** Nothing fits anywhere and nobody can be removed. */
function refusalsPerSecond(nodes: number): string {
  const { cluster, decider } = world(nodes);
  const large = { containers: [{ name: 'main', image: 'app', resources: { requests: { cpu: '100' } } }] };
  return rate((i) => decider.decide(cluster.describe(pod(i, {}, large))).result === 'refused');
}

const alike = () => ({ color: 'blue' });
const unlike = (i: number) => ({ color: 'blue', index: String(i) });
const row = (name: string, figures: string[]) => console.log(name.padEnd(34), ...figures.map((figure) => figure.padStart(24)));

row(
  'decisions a second',
  SIZES.map((size) => `${size} nodes`),
);
for (const [name, spec] of Object.entries(CASES)) {
  row(
    name,
    SIZES.map((size) => decisionsPerSecond(size, spec, alike)),
  );
}
row(
  'required spread, labels differ',
  SIZES.map((size) => decisionsPerSecond(size, CASES['required spread'] ?? {}, unlike)),
);
row('preemption', SIZES.map(preemptionsPerSecond));
row('unschedulable', SIZES.map(refusalsPerSecond));
