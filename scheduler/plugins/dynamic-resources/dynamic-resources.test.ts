import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

it('DynamicResources refuses a pod with resource claims by name', () => {
  const asked = ask('DynamicResources', { nodes: [aNode('n')] });
  expect(asked.verdicts(aPod('p'))).toEqual({ n: 'ok' });
  const claiming = aPod('p', { spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] } });
  expect(asked.verdicts(claiming)).toEqual({ '*': 'dynamic resource claims are not supported by this scheduler' });
});
