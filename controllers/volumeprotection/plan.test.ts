import { expect, test } from 'vitest';
import type { Pod } from '../../client/resources.ts';
import { CLAIMS, claimsOf, protect } from './plan.ts';

const claim = (finalizers: string[], going = false) => ({ metadata: { name: 'c', finalizers, ...(going && { deletionTimestamp: 't' }) } });

test.each([
  ['is put on', claim(['other']), ['other', CLAIMS.finalizer]],
  ['is taken off', claim(['other', CLAIMS.finalizer], true), ['other']],
  ['stands', claim([CLAIMS.finalizer]), undefined],
  ['has been taken off', claim([], true), undefined],
])('the protection %s', (_, object, expected) => {
  expect(protect(object, CLAIMS)?.metadata.finalizers).toEqual(expected);
});

test('claims that a pod uses', () => {
  const volumes = [
    { name: 'a', persistentVolumeClaim: { claimName: 'x' } },
    { name: 'b', ephemeral: {} },
    { name: 'c', emptyDir: {} },
  ];
  const pod = (nodeName?: string) => ({ metadata: { name: 'p' }, spec: { volumes, nodeName } }) as Pod;
  expect(claimsOf(pod('n'))).toEqual(['x', 'p-b']);
  expect(claimsOf(pod())).toEqual([]);
});
