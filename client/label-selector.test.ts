import { expect, test } from 'vitest';
import { equalityPredicate, type LabelSelector, labelPredicate } from './label-selector.ts';

const labels = { app: 'web', tier: 'front' };
const expression = (key: string, operator: string, values?: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});

test.each<[string, LabelSelector | undefined, boolean]>([
  ['absent selects nothing', undefined, false],
  ['empty selects everything', {}, true],
  ['labels that are there', { matchLabels: { app: 'web' } }, true],
  ['another value', { matchLabels: { app: 'api' } }, false],
  ['In', expression('app', 'In', ['api', 'web']), true],
  ['NotIn', expression('app', 'NotIn', ['web']), false],
  ['NotIn of a label that is not there', expression('zone', 'NotIn', ['a']), true],
  ['Exists', expression('tier', 'Exists'), true],
  ['DoesNotExist', expression('tier', 'DoesNotExist'), false],
  ['an unknown operator', expression('tier', 'Near'), false],
  ['all of several', { matchLabels: { app: 'web' }, ...expression('tier', 'In', ['back']) }, false],
])('%s', (_, selector, expected) => {
  expect(labelPredicate(selector)(labels)).toBe(expected);
});

test("a service's empty selector selects nothing", () => {
  expect(equalityPredicate({})(labels)).toBe(false);
  expect(equalityPredicate({ app: 'web' })(labels)).toBe(true);
  expect(equalityPredicate({ app: 'web' })(undefined)).toBe(false);
});
