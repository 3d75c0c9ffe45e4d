/** Results kept from decision to decision are those that a scheduler gives which sees the cluster for the first time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../client/resources.ts';
import { seededRandom } from '../types/part/random.ts';
import { Cluster } from './cache/cluster.ts';
import type { PodInfo } from './cache/pod-info.ts';
import { takeIn, takeOut } from './cache/take-in.ts';
import { readConfiguration } from './config/configuration.ts';
import type { Profile } from './framework/profile.ts';
import { Decider } from './schedule-one.ts';
import { aNode, aPod } from './testing/build.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const app = (name: string) => ({ matchLabels: { app: name } });
const near = (name: string, topologyKey: string) => ({ labelSelector: app(name), topologyKey });
const soft = (name: string, topologyKey: string) => [{ weight: 10, podAffinityTerm: near(name, topologyKey) }];
const inNamespaces = { labelSelector: app('web'), topologyKey: ZONE, namespaceSelector: { matchLabels: { team: 'blue' } } };
const spread = (topologyKey: string, whenUnsatisfiable: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable,
  labelSelector: app('web'),
});

type Spec = Partial<NonNullable<Pod['spec']>>;
const SPECS: Spec[] = [
  {},
  { nodeSelector: { disk: 'ssd' } },
  { tolerations: [{ key: 'k', operator: 'Exists' }] },
  { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('web', HOST)] } } },
  { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('db', ZONE)] } } },
  { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: soft('web', ZONE) } } },
  { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: soft('db', HOST) } } },
  { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [inNamespaces] } } },
  { topologySpreadConstraints: [spread(ZONE, 'DoNotSchedule')] },
  { topologySpreadConstraints: [spread(HOST, 'DoNotSchedule'), spread(ZONE, 'ScheduleAnyway')] },
  { topologySpreadConstraints: [{ ...spread(ZONE, 'DoNotSchedule'), nodeTaintsPolicy: 'Honor' }], nodeSelector: { disk: 'ssd' } },
];

/** A scheduler's state and, beside it, the plain objects that it was made of. */
class Subject {
  readonly cluster = new Cluster();
  readonly nodes = new Map<string, Node>();
  readonly others = new Map<string, { kind: string; metadata: object }>();
  readonly placed: { pod: Pod; node: string; info: PodInfo }[] = [];
  readonly decider: Decider;

  constructor() {
    this.decider = new Decider(readConfiguration({}, seededRandom(1)).profiles[0] as Profile, this.cluster, seededRandom(1));
  }

  setNode(node: Node): void {
    this.nodes.set(node.metadata?.name ?? '', node);
    this.cluster.setNode(node);
  }

  removeNode(name: string): void {
    this.nodes.delete(name);
    this.cluster.removeNode(name);
  }

  place(pod: Pod, node: string): void {
    const info = this.cluster.describe(pod);
    this.cluster.place(info, node);
    this.placed.push({ pod, node, info });
  }

  displace(which: number): void {
    const [entry] = this.placed.splice(which % Math.max(1, this.placed.length), 1);
    if (!entry) return;
    this.cluster.displace(entry.info, entry.node);
    this.cluster.drop(entry.info);
  }

  setOther(object: { kind: string; metadata: { name: string } }): void {
    this.others.set(`${object.kind}/${object.metadata.name}`, object);
    takeIn(this.cluster, object);
  }

  removeOther(key: string): void {
    const object = this.others.get(key);
    if (object && this.others.delete(key)) takeOut(this.cluster, object);
  }

  /** The same, made anew. */
  fresh(): Subject {
    const subject = new Subject();
    for (const other of this.others.values()) subject.setOther(other as never);
    for (const node of this.nodes.values()) subject.setNode(node);
    for (const { pod, node } of this.placed) subject.place(pod, node);
    return subject;
  }

  /** What is decided about a pod, without what chance decides. */
  judge(pod: Pod) {
    const info = this.cluster.describe(pod);
    const { decision, feasible, totals, scores } = this.decider.explain(info);
    this.cluster.drop(info);
    const byNode = feasible.map((node, k) => ({
      node,
      total: totals?.[k],
      scores: [...(scores ?? [])].map(([plugin, s]) => [plugin, s[k]]),
    }));
    const sum = byNode.map((n) => n.scores.reduce((all, [, score]) => all + Number(score), 0));
    if (totals) expect(sum).toEqual(totals);
    return { message: decision.result === 'refused' && decision.message, byNode: byNode.sort((a, b) => (a.node < b.node ? -1 : 1)) };
  }
}

type Step = (subject: Subject, i: number) => void;
const nodeName = fc.constantFrom(...NODES);
const aPodOf = (i: number, [spec, label, cpu, namespace]: [Spec, string, string, string], terminating = false): Pod => {
  const pod = aPod(`p${i}`, { requests: { cpu }, labels: { app: label }, spec });
  return { ...pod, metadata: { ...pod.metadata, namespace, ...(terminating && { deletionTimestamp: '2026-01-01T00:00:00Z' }) } };
};
const podParts = fc.tuple(
  fc.constantFrom(...SPECS),
  fc.constantFrom('web', 'db'),
  fc.constantFrom('100m', '1', '3'),
  fc.constantFrom('default', 'other'),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(nodeName, fc.constantFrom('za', 'zb', undefined), fc.constantFrom('ssd', 'hdd'), fc.boolean(), fc.constantFrom('4', '8'))
    .map(([name, zone, disk, tainted, cpu]): Step => {
      const labels = { disk, ...(zone && { [ZONE]: zone }) };
      const taints = tainted ? [{ key: 'k', effect: 'NoSchedule' }] : [];
      return (subject) => subject.setNode(aNode(name, { labels, taints, allocatable: { cpu }, images: tainted ? [['app:v1', 5e8]] : [] }));
    }),
  nodeName.map(
    (name): Step =>
      (subject) =>
        subject.removeNode(name),
  ),
  fc.tuple(podParts, nodeName, fc.boolean()).map(
    ([parts, node, terminating]): Step =>
      (subject, i) =>
        subject.place(aPodOf(i, parts, terminating), node),
  ),
  fc.nat(50).map(
    (which): Step =>
      (subject) =>
        subject.displace(which),
  ),
  fc.tuple(fc.constantFrom('default', 'other'), fc.constantFrom('blue', 'red')).map(
    ([name, team]): Step =>
      (subject) =>
        subject.setOther({ kind: 'Namespace', metadata: { name, labels: { team } } } as never),
  ),
  fc.constantFrom('web', 'db').map(
    (name): Step =>
      (subject) =>
        subject.setOther({ kind: 'Service', metadata: { name, namespace: 'default' }, spec: { selector: { app: name } } } as never),
  ),
  fc.constantFrom('Service/web', 'Service/db').map(
    (key): Step =>
      (subject) =>
        subject.removeOther(key),
  ),
  podParts.map(
    (parts): Step =>
      (subject, i) =>
        void subject.judge(aPodOf(i, parts)),
  ),
);

describe('state kept from decision to decision', () => {
  it('gives the same verdicts and scores as state made anew', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
        fc.array(podParts, { minLength: 1, maxLength: 8 }),
        (steps, pods) => {
          const subject = new Subject();
          for (const name of NODES.slice(0, 3)) subject.setNode(aNode(name, { labels: { [ZONE]: 'za' } }));
          for (const [i, take] of steps.entries()) take(subject, i);
          const fresh = subject.fresh();
          for (const parts of pods) expect(subject.judge(aPodOf(1000, parts))).toEqual(fresh.judge(aPodOf(1000, parts)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
