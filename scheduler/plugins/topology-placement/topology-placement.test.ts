import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const at = (name: string, zone: string, rack: string) =>
  aNode(name, { labels: { 'topology.kubernetes.io/zone': zone, 'cloud.kumulus.dev/rack': rack } });
const nodes = [at('a', 'z1', 'r1'), at('b', 'z1', 'r1'), at('c', 'z1', 'r2'), at('d', 'z2', 'r3')];
const member = (name: string, group = 'g') => aPod(name, { labels: { 'scheduling.x-k8s.io/pod-group': group } });

it.each([
  ['near', {}, { a: 100, b: 100, c: 20, d: 0 }],
  ['apart', { mode: 'apart' }, { a: 0, b: 0, c: 80, d: 100 }],
  ['in the same zone, whatever the rack', { levels: [{ topologyKey: 'topology.kubernetes.io/zone' }] }, { a: 100, b: 100, c: 100, d: 0 }],
])('the pods of a group: %s', (_, args, expected) => {
  const asked = ask('TopologyPlacement', { nodes, pods: { a: [member('x')], d: [member('y', 'other')] }, args });
  expect(asked.scores(member('p'))).toEqual(expected);
});

it('says nothing of the first pod of a group, and of pods in none', () => {
  const asked = ask('TopologyPlacement', { nodes, pods: { a: [member('x')] } });
  expect(asked.scores(member('p', 'new'))).toEqual({ a: 0, b: 0, c: 0, d: 0 });
  expect(asked.scores(aPod('p'))).toEqual({ a: 0, b: 0, c: 0, d: 0 });
});
