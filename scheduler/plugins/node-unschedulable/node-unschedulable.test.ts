import { describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const nodes = [aNode('open'), aNode('cordoned', { unschedulable: true })];
const cordoned = 'node(s) were unschedulable';
const tolerating = (toleration: object) => aPod('p', { spec: { tolerations: [toleration] } });

describe('NodeUnschedulable', () => {
  it.each([
    ['any pod', aPod('p'), cordoned],
    ['a pod that tolerates the taint', tolerating({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }), 'ok'],
    ['a pod that tolerates everything', tolerating({ operator: 'Exists' }), 'ok'],
    ['a pod that tolerates another effect', tolerating({ operator: 'Exists', effect: 'NoExecute' }), cordoned],
  ])('%s', (_, pod, expected) => {
    expect(ask('NodeUnschedulable', { nodes }).verdicts(pod)).toEqual({ open: 'ok', cordoned: expected });
  });

  it('takes hope from a node that is uncordoned', () => {
    const asked = ask('NodeUnschedulable', { nodes });
    const [open, shut] = [aNode('n'), aNode('n', { unschedulable: true })];
    expect(asked.helps(aPod('p'), { what: 'node', node: open, before: shut })).toBe(true);
    expect(asked.helps(aPod('p'), { what: 'node', node: open, before: open })).toBe(false);
    expect(asked.helps(aPod('p'), { what: 'node', node: shut, before: undefined })).toBe(false);
  });
});
