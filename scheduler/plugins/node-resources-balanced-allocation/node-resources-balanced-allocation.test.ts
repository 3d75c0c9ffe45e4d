import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';
import { evenness } from './node-resources-balanced-allocation.ts';

it.each([
  ['equal fractions', [0.5, 0.5], 100],
  ['as uneven as can be', [0, 1], 50],
  ['three fractions by their deviation', [0, 0.5, 1], 59],
  ['one fraction', [0.3], 100],
])('evenness: %s', (_, fractions, expected) => {
  expect(evenness(fractions)).toBe(expected);
});

it('NodeResourcesBalancedAllocation prefers the node that the pod evens out', () => {
  const nodes = [aNode('empty'), aNode('lopsided')];
  const asked = ask('NodeResourcesBalancedAllocation', { nodes, pods: { lopsided: [aPod('q', { requests: { cpu: '2' } })] } });
  expect(asked.scores(aPod('p', { requests: { cpu: '1', memory: '2Gi' } }))).toEqual({ empty: 75, lopsided: 75 });
  expect(asked.scores(aPod('p', { requests: { memory: '4Gi' } }))).toEqual({ empty: 62, lopsided: 87 });
  expect(asked.scores(aPod('p'))).toEqual({ empty: 0, lopsided: 0 });
});
