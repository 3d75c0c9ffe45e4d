import { expect, test } from 'vitest';
import type { Pod } from '../../client/resources.ts';
import { toleratedFor } from './plan.ts';

const taint = (key: string, value?: string) => ({ key, effect: 'NoExecute', ...(value && { value }) });

test.each<[string, object[], object[], number]>([
  ['no taint', [], [], Number.POSITIVE_INFINITY],
  ['no toleration', [], [taint('x')], 0],
  ['tolerated for ever', [{ key: 'x', operator: 'Exists' }], [taint('x')], Number.POSITIVE_INFINITY],
  ['tolerated for a time', [{ key: 'x', operator: 'Exists', tolerationSeconds: 5 }], [taint('x')], 5000],
  ['a time below zero is none', [{ key: 'x', operator: 'Exists', tolerationSeconds: -5 }], [taint('x')], 0],
  ['everything is tolerated', [{ operator: 'Exists' }], [taint('x'), taint('y')], Number.POSITIVE_INFINITY],
  ['one of two taints', [{ key: 'x', operator: 'Exists' }], [taint('x'), taint('y')], 0],
  [
    'the shortest of two',
    [
      { key: 'x', operator: 'Exists', tolerationSeconds: 9 },
      { key: 'y', operator: 'Exists', tolerationSeconds: 3 },
    ],
    [taint('x'), taint('y')],
    3000,
  ],
  ['another value', [{ key: 'x', value: 'a' }], [taint('x', 'b')], 0],
  ['the same value', [{ key: 'x', value: 'b' }], [taint('x', 'b')], Number.POSITIVE_INFINITY],
  ['another effect', [{ key: 'x', operator: 'Exists', effect: 'NoSchedule' }], [taint('x')], 0],
])('%s', (_, tolerations, taints, expected) => {
  expect(toleratedFor({ spec: { tolerations } } as unknown as Pod, taints as never)).toBe(expected);
});
