import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const nodes = [aNode('a'), aNode('b')];

it.each([
  ['a pod that names no node goes anywhere', {}, { a: 'ok', b: 'ok' }],
  ['a pod that names a node goes only there', { nodeName: 'b' }, { a: "node(s) didn't match the requested node name", b: 'ok' }],
])('NodeName: %s', (_, spec, expected) => {
  expect(ask('NodeName', { nodes }).verdicts(aPod('p', { spec }))).toEqual(expected);
});
