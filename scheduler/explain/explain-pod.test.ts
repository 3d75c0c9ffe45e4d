import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../types/part/random.ts';
import type { AnyObject } from '../../types/wire.ts';
import { readConfiguration } from '../config/configuration.ts';
import type { Profile } from '../framework/profile.ts';
import { Decider } from '../schedule-one.ts';
import { aNode, aPod } from '../testing/build.ts';
import { subjectIn } from '../world/subject.ts';
import { worldOf } from '../world/world.ts';
import { explainPod, type PodExplanation } from './explain-pod.ts';

const nodeOf = (...args: Parameters<typeof aNode>) => ({ kind: 'Node', ...aNode(...args) });
const podOf = (...args: Parameters<typeof aPod>) => ({ kind: 'Pod', ...aPod(...args) });

function explained(objects: object[], key: string): PodExplanation {
  const random = seededRandom(1);
  const world = worldOf(objects as AnyObject[]);
  const subject = subjectIn(world, key);
  if (!subject) throw new Error(`no pod ${key}`);
  return explainPod(subject, world.cluster, new Decider(readConfiguration({}, random).profiles[0] as Profile, world.cluster, random));
}

/** All changes asked for on the only node. */
const changes = (objects: object[], key = 'default/p') =>
  explained(objects, key).nodes[0]?.verdicts.flatMap((verdict) => verdict.change ?? []);

describe('explaining a pod', () => {
  it.each<[string, object[], object, string[]]>([
    [
      'cpu',
      [podOf('q', { requests: { cpu: '3' }, spec: { nodeName: 'n' } })],
      { requests: { cpu: '1500m' } },
      ['needs 500m more cpu (asks for 1500m, 1 is free)'],
    ],
    ['a larger node', [], { requests: { memory: '9Gi' } }, ['needs a larger node: asks for 9Gi memory, the node has 8Gi in all']],
    ['a device', [], { requests: { 'example.com/gpu': '2' } }, ['needs 2 example.com/gpu; the node has none']],
    ['a label', [], { spec: { nodeSelector: { disk: 'ssd' } } }, ['needs label disk = ssd (the node has no disk)']],
    [
      'a neighbour',
      [],
      { spec: { affinity: { podAffinity: near('db') } } },
      ['needs a pod matching app=db in the same kubernetes.io/hostname'],
    ],
    [
      'that a neighbour goes',
      [podOf('q', { labels: { app: 'db' }, spec: { nodeName: 'n' } })],
      { spec: { affinity: { podAntiAffinity: near('db') } } },
      ["needs pod default/q to leave the same kubernetes.io/hostname: the pod's anti-affinity speaks of it"],
    ],
  ])('says that it needs %s', (_, others, pod, expected) => {
    expect(changes([nodeOf('n'), ...others, podOf('p', pod as never)])).toEqual(expected);
  });

  it('asks every filter about every node, not only until the first refusal', () => {
    const node = nodeOf('n', { unschedulable: true, taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] });
    const { nodes, result } = explained([node, podOf('p', { requests: { cpu: '5' } })], 'default/p');
    const refusing = nodes[0]?.verdicts.filter((verdict) => !verdict.passes).map((verdict) => verdict.plugin);
    expect([result, refusing]).toEqual(['refused', ['NodeUnschedulable', 'TaintToleration', 'NodeResourcesFit']]);
  });

  it('says how far a spread is off', () => {
    const labels = { app: 'web' };
    const zone = (name: string, at: string) => nodeOf(name, { labels: { zone: at } });
    const topologySpreadConstraints = [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: labels } },
    ];
    const there = ['q', 'r'].map((name) => podOf(name, { labels, spec: { nodeName: 'a' } }));
    const objects = [zone('a', 'one'), zone('b', 'two'), ...there, podOf('p', { labels, spec: { topologySpreadConstraints } })];
    const refused = explained(objects, 'default/p').nodes.find((node) => node.node === 'a');
    expect(refused?.verdicts.flatMap((verdict) => verdict.change ?? [])).toEqual([
      'needs 2 more in the emptiest, or maxSkew 3 (zone=one would have 3 matching pods, the emptiest has 0)',
    ]);
  });

  it('judges a running pod without itself, and sums the scores as the decision does', () => {
    const objects = [nodeOf('a'), nodeOf('b'), podOf('p', { requests: { cpu: '4' }, spec: { nodeName: 'a' } })];
    const { state, runsOn, best, nodes } = explained(objects, 'default/p');
    expect([state, runsOn, best]).toEqual(['running', 'a', ['a', 'b']]);
    const sum = nodes[0]?.scores?.reduce((all, { score, weight }) => all + score * weight, 0);
    expect(nodes[0]?.total).toBe(sum);
  });

  it('says who would be removed, and what gates a pod', () => {
    const low = podOf('low', { requests: { cpu: '4' }, spec: { nodeName: 'a', priority: 0 } });
    const high = podOf('p', { requests: { cpu: '4' }, spec: { priority: 10 } });
    expect(explained([nodeOf('a'), low, high], 'default/p').preemption).toEqual({ node: 'a', victims: ['default/low'] });
    const gated = podOf('p', { spec: { schedulingGates: [{ name: 'wait' }] } });
    expect(explained([nodeOf('a'), gated], 'default/p').result).toBe('gated');
  });
});

function near(app: string) {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } }],
  };
}
