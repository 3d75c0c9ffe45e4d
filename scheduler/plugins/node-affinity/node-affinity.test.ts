import { describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const nodes = [aNode('a', { labels: { disk: 'ssd', gen: '3' } }), aNode('b', { labels: { disk: 'hdd', gen: '10' } })];
const no = "node(s) didn't match Pod's node affinity/selector";
const label = (key: string, operator: string, values?: string[]) => ({ matchExpressions: [{ key, operator, ...(values && { values }) }] });
const named = (...values: string[]) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });
const required = (...nodeSelectorTerms: object[]) =>
  aPod('p', { spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } } });
const preferring = (...terms: [number, object][]) => {
  const preferredDuringSchedulingIgnoredDuringExecution = terms.map(([weight, preference]) => ({ weight, preference }));
  return aPod('p', { spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution } } } });
};

describe('NodeAffinity', () => {
  it.each([
    ['a selector', aPod('p', { spec: { nodeSelector: { disk: 'ssd' } } }), 'ok', no],
    ['an empty selector', aPod('p', { spec: { nodeSelector: {} } }), 'ok', 'ok'],
    ['In', required(label('disk', 'In', ['hdd', 'nvme'])), no, 'ok'],
    ['NotIn, also where there is no such label', required(label('color', 'NotIn', ['red'])), 'ok', 'ok'],
    ['Exists', required(label('disk', 'Exists')), 'ok', 'ok'],
    ['DoesNotExist', required(label('disk', 'DoesNotExist')), no, no],
    ['Gt compares numbers', required(label('gen', 'Gt', ['5'])), no, 'ok'],
    ['Lt compares numbers', required(label('gen', 'Lt', ['5'])), 'ok', no],
    ['Gt of what is not a number', required(label('disk', 'Gt', ['5'])), no, no],
    ['terms are alternatives', required(label('disk', 'In', ['ssd']), label('gen', 'In', ['10'])), 'ok', 'ok'],
    ['an empty term matches nothing', required({}), no, no],
  ])('%s', (_, pod, a, b) => {
    expect(ask('NodeAffinity', { nodes }).verdicts(pod)).toEqual({ a, b });
  });

  it('knows nodes by name', () => {
    expect(ask('NodeAffinity', { nodes }).verdicts(required(named('b')))).toEqual({ a: no, b: 'ok' });
    const both = { matchFields: [...named('a').matchFields, ...named('b').matchFields] };
    expect(ask('NodeAffinity', { nodes }).verdicts(required(both))).toEqual({ '*': 'pod affinity terms conflict' });
  });

  it('adds what the profile demands', () => {
    const nodeSelectorTerms = [label('disk', 'In', ['ssd'])];
    const args = { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
    const asked = ask('NodeAffinity', { nodes, args });
    expect(asked.verdicts(aPod('p'))).toEqual({ a: 'ok', b: "node(s) didn't match scheduler-enforced node affinity" });
  });

  it('scores by the weights of the terms that match', () => {
    const ssd = label('disk', 'In', ['ssd']);
    expect(ask('NodeAffinity', { nodes }).scores(preferring([3, ssd], [1, label('gen', 'Exists')]))).toEqual({ a: 100, b: 25 });
    expect(ask('NodeAffinity', { nodes }).scores(preferring([5, {}], [1, ssd]))).toEqual({ a: 100, b: 0 });
    expect(ask('NodeAffinity', { nodes }).scores(aPod('p'))).toEqual({ a: 0, b: 0 });
  });
});
