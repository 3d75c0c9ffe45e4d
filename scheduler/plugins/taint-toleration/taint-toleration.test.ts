import { describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const tainted = (effect: string, value = 'v') => [aNode('n', { taints: [{ key: 'k', value, effect }] })];
const repelled = 'node(s) had untolerated taint(s)';

describe('TaintToleration', () => {
  it.each([
    ['no toleration', 'NoSchedule', [], repelled],
    ['NoExecute keeps new pods away too', 'NoExecute', [], repelled],
    ['PreferNoSchedule does not', 'PreferNoSchedule', [], 'ok'],
    ['equal key and value', 'NoSchedule', [{ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }], 'ok'],
    ['Equal is the default operator', 'NoSchedule', [{ key: 'k', value: 'v' }], 'ok'],
    ['another value', 'NoSchedule', [{ key: 'k', operator: 'Equal', value: 'w' }], repelled],
    ['another effect', 'NoSchedule', [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }], repelled],
    ['Exists takes any value', 'NoSchedule', [{ key: 'k', operator: 'Exists' }], 'ok'],
    ['no key and Exists tolerates everything', 'NoSchedule', [{ operator: 'Exists' }], 'ok'],
    ['an operator that is off by default tolerates nothing', 'NoSchedule', [{ key: 'k', operator: 'Gt', value: '0' }], repelled],
  ])('%s', (_, effect, tolerations, expected) => {
    const pod = aPod('p', { spec: { tolerations } });
    expect(ask('TaintToleration', { nodes: tainted(effect) }).verdicts(pod)).toEqual({ n: expected });
  });

  it('prefers the node with the fewest PreferNoSchedule taints that are not tolerated', () => {
    const prefer = (key: string) => ({ key, effect: 'PreferNoSchedule' });
    const nodes = [aNode('none'), aNode('one', { taints: [prefer('a')] }), aNode('two', { taints: [prefer('a'), prefer('b')] })];
    expect(ask('TaintToleration', { nodes }).scores(aPod('p'))).toEqual({ none: 100, one: 50, two: 0 });
    const pod = aPod('p', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } });
    expect(ask('TaintToleration', { nodes }).scores(pod)).toEqual({ none: 100, one: 100, two: 0 });
  });

  it('takes hope from a taint that goes', () => {
    const [clean, dirty] = [aNode('n'), tainted('NoSchedule')[0] as ReturnType<typeof aNode>];
    const asked = ask('TaintToleration', {});
    expect(asked.helps(aPod('p'), { what: 'node', node: clean, before: dirty })).toBe(true);
    expect(asked.helps(aPod('p'), { what: 'node', node: dirty, before: undefined })).toBe(false);
  });
});
