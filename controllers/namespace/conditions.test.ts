import { expect, test } from 'vitest';
import { conditionsAfter, nothing } from './conditions.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const said = (conditions: ReturnType<typeof conditionsAfter>, type: string) => {
  const found = conditions.find((condition) => condition.type === type);
  return `${found?.status} ${found?.reason}: ${found?.message}`;
};

test('what remains is counted, by resource and by finalizer', () => {
  const remains = {
    ...nothing(),
    resources: new Map([
      ['services.', 1],
      ['configmaps.', 2],
    ]),
    finalizers: new Map([['a/b', 3]]),
  };
  const conditions = conditionsAfter([], remains, NOW);
  expect(said(conditions, 'NamespaceContentRemaining')).toBe(
    'True SomeResourcesRemain: Some resources are remaining: configmaps. has 2 resource instances, services. has 1 resource instances',
  );
  expect(said(conditions, 'NamespaceFinalizersRemaining')).toBe(
    'True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: a/b in 3 resource instances',
  );
});

test('a condition that says the same keeps its time', () => {
  const first = conditionsAfter([], nothing(), NOW);
  expect(conditionsAfter(first, nothing(), NOW + 60_000)).toEqual(first);
  const failed = conditionsAfter(first, { ...nothing(), deletionErrors: ['pods.: no'] }, NOW + 60_000);
  expect(said(failed, 'NamespaceDeletionContentFailure')).toBe(
    'True ContentDeletionFailed: Failed to delete all resource types, 1 remaining: pods.: no',
  );
  expect(failed.find((c) => c.type === 'NamespaceDeletionContentFailure')?.lastTransitionTime).toBe('2026-11-20T13:01:00Z');
});
