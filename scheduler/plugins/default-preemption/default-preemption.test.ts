import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../../client/resources.ts';
import { seededRandom } from '../../../types/part/random.ts';
import { Cluster } from '../../cache/cluster.ts';
import { takeIn } from '../../cache/take-in.ts';
import { readConfiguration } from '../../config/configuration.ts';
import type { Profile } from '../../framework/profile.ts';
import { Decider } from '../../schedule-one.ts';
import { aNode, aPod } from '../../testing/build.ts';

const pod = (name: string, cpu: string, priority: number, more: { labels?: Record<string, string>; started?: string } = {}): Pod => ({
  ...aPod(name, { requests: { cpu }, spec: { priority }, ...(more.labels && { labels: more.labels }) }),
  ...(more.started && { status: { startTime: more.started } }),
});
const budget = (app: string, disruptionsAllowed: number) => ({
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'default' },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed },
});

function decide(nodes: Node[], there: Record<string, Pod[]>, incoming: Pod, objects: object[] = []) {
  const cluster = new Cluster();
  for (const object of objects) takeIn(cluster, object);
  for (const node of nodes) cluster.setNode(node);
  for (const [node, pods] of Object.entries(there)) for (const p of pods) cluster.place(cluster.describe(p), node);
  const before = JSON.stringify([...(cluster.nodes.requested[0] ?? [])]);
  const decider = new Decider(readConfiguration({}, seededRandom(1)).profiles[0] as Profile, cluster, seededRandom(1));
  const decision = decider.decide(cluster.describe(incoming));
  expect(JSON.stringify([...(cluster.nodes.requested[0] ?? [])])).toBe(before);
  if (decision.result === 'placed') return decision.node;
  const { nominate } = decision;
  return nominate ? [nominate.node, ...nominate.victims.map((victim) => victim.pod.metadata?.name)] : decision.message;
}

const two = [aNode('a'), aNode('b')];

describe('DefaultPreemption', () => {
  it.each([
    ['the least important victim', { a: [pod('x', '4', 5)], b: [pod('y', '4', 3)] }, ['b', 'y']],
    ['as few as will do, the more important spared', { a: [pod('x', '2', 5), pod('y', '2', 3)], b: [pod('z', '4', 9)] }, ['a', 'y']],
    ['fewer victims of equal importance', { a: ['w', 'x', 'y', 'v'].map((n) => pod(n, '1', 5)), b: [pod('z', '4', 5)] }, ['b', 'z']],
    [
      'the one that started last',
      { a: [pod('x', '4', 5, { started: '2026-01-01T00:00:00Z' })], b: [pod('y', '4', 5, { started: '2026-01-02T00:00:00Z' })] },
      ['b', 'y'],
    ],
  ])('takes %s', (_, there, expected) => {
    expect(decide(two, there, pod('p', '2', 10))).toEqual(expected);
  });

  it('goes where no budget is broken', () => {
    const there = { a: [pod('x', '4', 1, { labels: { app: 'guarded' } })], b: [pod('y', '4', 5)] };
    expect(decide(two, there, pod('p', '2', 10), [budget('guarded', 0)])).toEqual(['b', 'y']);
    expect(decide(two, there, pod('p', '2', 10), [budget('guarded', 1)])).toEqual(['a', 'x']);
  });

  it.each([
    ['nobody is less important', pod('p', '2', 5), '2 No preemption victims found for incoming pod.'],
    ['no node is large enough', pod('p', '9', 10), '2 Preemption is not helpful for scheduling.'],
    [
      'it may not preempt',
      { ...pod('p', '2', 10), spec: { ...pod('p', '2', 10).spec, preemptionPolicy: 'Never' } } as Pod,
      'not eligible due to preemptionPolicy=Never.',
    ],
  ])('removes nobody if %s', (_, incoming, end) => {
    expect(decide(two, { a: [pod('x', '4', 5)], b: [pod('y', '4', 5)] }, incoming)).toMatch(new RegExp(`${end.replaceAll('.', '\\.')}$`));
  });
});
