import { describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const GPU = 'example.com/gpu';
const using = (requests: Record<string, string>) => aPod('p', { requests });
const verdict = (pod: ReturnType<typeof aPod>, allocatable = {}, there: Record<string, string>[] = []) =>
  ask('NodeResourcesFit', { nodes: [aNode('n', { allocatable })], pods: { n: there.map(using) } }).verdicts(pod).n;
const container = (cpu: string, more = {}) => ({ name: 'c', image: 'app', resources: { requests: { cpu } }, ...more });

describe('NodeResourcesFit, whether there is enough', () => {
  it.each([
    ['exactly enough', using({ cpu: '1' }), [{ cpu: '3' }], 'ok'],
    ['a thousandth too much', using({ cpu: '1001m' }), [{ cpu: '3' }], 'Insufficient cpu'],
    ['two shortages', using({ cpu: '5', memory: '9Gi' }), [], 'Insufficient cpu, Insufficient memory'],
    ['nothing asked', using({}), [{ cpu: '4' }], 'ok'],
    ['a device', using({ [GPU]: '1' }), [{ [GPU]: '1' }], 'ok'],
    ['one device too many', using({ [GPU]: '2' }), [{ [GPU]: '1' }], `Insufficient ${GPU}`],
    ['a resource that the node does not have', using({ 'example.com/tpu': '1' }), [], 'Insufficient example.com/tpu'],
  ])('%s', (_, pod, there, expected) => {
    expect(verdict(pod, { [GPU]: '2' }, there)).toBe(expected);
  });

  it('counts pods', () => {
    expect(verdict(using({}), { pods: '1' }, [{}])).toBe('Too many pods');
    expect(verdict(using({}), { pods: '2' }, [{}])).toBe('ok');
  });

  it.each([
    ['init containers run one after the other', { initContainers: [container('4'), container('3')], containers: [container('1')] }, 'ok'],
    ['an init container that needs more than all', { initContainers: [container('5')], containers: [container('1')] }, 'Insufficient cpu'],
    [
      'a sidecar stays',
      { initContainers: [container('2', { restartPolicy: 'Always' })], containers: [container('3')] },
      'Insufficient cpu',
    ],
    ['overhead comes on top', { overhead: { cpu: '1' }, containers: [container('3500m')] }, 'Insufficient cpu'],
    ['requests of the pod as a whole', { resources: { requests: { cpu: '1' } }, containers: [container('3')] }, 'ok'],
  ])('%s', (_, spec, expected) => {
    expect(verdict(aPod('p', { spec }))).toBe(expected);
  });

  it('leaves out what the profile ignores', () => {
    const asked = ask('NodeResourcesFit', { nodes: [aNode('n')], args: { ignoredResourceGroups: ['example.com'] } });
    expect(asked.verdicts(using({ [GPU]: '9' }))).toEqual({ n: 'ok' });
  });
});

describe('NodeResourcesFit, how well', () => {
  const nodes = [aNode('empty'), aNode('half')];
  const pods = { half: [using({ cpu: '2', memory: '4Gi' })] };
  const strategy = (type: string, more = {}) => ({ scoringStrategy: { type, ...more } });
  const points = [
    { utilization: 0, score: 0 },
    { utilization: 100, score: 10 },
  ];
  it.each([
    ['the emptiest first', {}, { empty: 75, half: 25 }],
    ['the fullest first', strategy('MostAllocated'), { empty: 25, half: 75 }],
    ['along a shape', strategy('RequestedToCapacityRatio', { requestedToCapacityRatio: { shape: points } }), { empty: 25, half: 75 }],
    ['by weight', strategy('LeastAllocated', { resources: [{ name: 'cpu', weight: 3 }, { name: 'memory' }] }), { empty: 75, half: 25 }],
  ])('%s', (_, args, expected) => {
    expect(ask('NodeResourcesFit', { nodes, pods, args }).scores(using({ cpu: '1', memory: '2Gi' }))).toEqual(expected);
  });

  it('assumes a little for a container that asks for nothing', () => {
    expect(ask('NodeResourcesFit', { nodes: [aNode('n')], pods: { n: [using({})] } }).scores(using({}))).toEqual({ n: 95 });
  });
});
