import { expect, test } from 'vitest';
import { envOf, expand } from './env.ts';

test.each([
  ['plain', {}, 'plain'],
  ['$(A)-$(B)', { A: '1', B: '2' }, '1-2'],
  ['$(MISSING)', {}, '$(MISSING)'],
  ['$$(A)', { A: '1' }, '$(A)'],
  ['$A $', { A: '1' }, '$A $'],
])('%s', (text, env, expanded) => {
  expect(expand(text, env as Record<string, string>)).toBe(expanded);
});

test('values, fields of the pod, and what refers to those before', () => {
  const pod = {
    metadata: { name: 'p', namespace: 'n', labels: { 'app.kubernetes.io/name': 'x' } },
    spec: { nodeName: 'm', containers: [] },
  };
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const env = [
    { name: 'VERSION', value: 'v1' },
    field('POD', 'metadata.name'),
    field('IP', 'status.podIP'),
    field('APP', "metadata.labels['app.kubernetes.io/name']"),
    { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    { name: 'URL', value: 'http://$(IP)/$(APP)' },
  ];
  expect(envOf(pod, { name: 'c', env }, { address: '127.24.0.1', hostAddress: '127.17.0.1' })).toEqual({
    ...{ VERSION: 'v1', POD: 'p', IP: '127.24.0.1', APP: 'x', URL: 'http://127.24.0.1/x' },
  });
});
