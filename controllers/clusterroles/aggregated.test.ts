import { expect, test } from 'vitest';
import { aggregated, type ClusterRole } from './controller.ts';

const role = (name: string, labels: Record<string, string>, verbs: string[]): ClusterRole => ({
  metadata: { name, labels },
  rules: verbs.map((verb) => ({ verbs: [verb], apiGroups: [''], resources: ['pods'] })),
});

test('a role has the rules of those it selects, each once, and never its own', () => {
  const view: ClusterRole = {
    ...role('view', { view: 'true' }, ['own']),
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { view: 'true' } }] },
  };
  const rules = aggregated(view, [
    role('b', { view: 'true' }, ['list', 'get']),
    view,
    role('a', { view: 'true' }, ['get']),
    role('c', {}, ['delete']),
  ]);
  expect(rules?.map((rule) => rule.verbs[0])).toEqual(['get', 'list']);
  expect(aggregated(role('plain', {}, []), [])).toBeUndefined();
});
