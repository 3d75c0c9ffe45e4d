import { expect, test } from 'vitest';
import type { Node, Pod } from '../../client/resources.ts';
import { createNodeFailures } from './failures.ts';
import { fitsOf } from './fits.ts';
import { type DaemonSet, nodeOf, podFrom } from './identity.ts';
import { groupByNode, type Observed, planNodes } from './plan.ts';
import { planRollout } from './rollout.ts';
import { planStatus } from './status.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();

const node = (name: string, { labels = {}, taints = [] }: { labels?: Record<string, string>; taints?: object[] } = {}): Node =>
  ({ metadata: { name, labels }, spec: { taints } }) as Node;

const set = (spec: object = {}, template: object = {}): DaemonSet =>
  ({
    metadata: { name: 'd', uid: 'd', generation: 3 },
    spec: { template: { spec: { containers: [], ...template } }, ...spec },
  }) as unknown as DaemonSet;

type Fare = 'ready' | 'starts' | 'failed' | 'goes';

function pod(name: string, on: string, fare: Fare = 'ready', hash = 'new', born = 100): Pod {
  const made = podFrom(set(), hash, on);
  const conditions = fare === 'ready' ? [{ type: 'Ready', status: 'True', lastTransitionTime: at(50) }] : [];
  const metadata = { ...made.metadata, name, creationTimestamp: at(born), ...(fare === 'goes' && { deletionTimestamp: at(1) }) };
  return { ...made, metadata, status: { phase: fare === 'failed' ? 'Failed' : 'Running', conditions } } as Pod;
}

function observed(of: DaemonSet, nodes: Node[], pods: Pod[], backoff = 0): Observed {
  return { set: of, nodes, fits: fitsOf(of), byNode: groupByNode(pods), hash: 'new', backoff: () => backoff, now: NOW };
}

const named = (pods: Pod[]) => pods.map(({ metadata }) => metadata?.name);
const shown = ({ create, remove }: { create: string[]; remove: Pod[] }) => ({ create, remove: named(remove) });

const [a, b, c] = [node('a'), node('b'), node('c')];
const taint = (effect: string, key = 'x') => ({ key, effect });
const surging = set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });

test.each<[string, DaemonSet, Node[], Pod[], { create: string[]; remove: string[] }]>([
  ['one on each node', set(), [a, b], [pod('p', 'a')], { create: ['b'], remove: [] }],
  ['not while one is going', set(), [a], [pod('p', 'a', 'goes')], { create: [], remove: [] }],
  ['while one is going, if it may surge', surging, [a], [pod('p', 'a', 'goes')], { create: ['a'], remove: [] }],
  ['of twins the oldest stays', set(), [a], [pod('young', 'a', 'ready', 'new', 1), pod('old', 'a')], { create: [], remove: ['young'] }],
  ['a failed one goes', set(), [a], [pod('p', 'a', 'failed')], { create: [], remove: ['p'] }],
  ['one whose node is gone', set(), [a], [pod('p', 'a'), pod('q', 'z')], { create: [], remove: ['q'] }],
  [
    'a taint that keeps new ones away lets it stay',
    set(),
    [node('a', { taints: [taint('NoSchedule')] })],
    [pod('p', 'a')],
    { create: [], remove: [] },
  ],
  [
    'the new one is available: the old one goes',
    surging,
    [a],
    [pod('o', 'a', 'ready', 'old'), pod('n', 'a')],
    { create: [], remove: ['o'] },
  ],
  ['it is not: the old one stays', surging, [a], [pod('o', 'a', 'ready', 'old'), pod('n', 'a', 'starts')], { create: [], remove: [] }],
])('nodes: %s', (_, of, nodes, pods, expected) => {
  expect(shown(planNodes(observed(of, nodes, pods)))).toEqual(expected);
});

test('a failed one waits for its backoff', () => {
  expect(planNodes(observed(set(), [a], [pod('p', 'a', 'failed')], 500))).toMatchObject({ remove: [], wait: 500 });
  const failures = createNodeFailures();
  expect(failures.wait('k', NOW)).toBe(0);
  failures.note('k', NOW);
  expect(failures.wait('k', NOW + 400)).toBe(600);
  failures.note('k', NOW + 1000);
  expect(failures.wait('k', NOW + 1000)).toBe(2000);
});

test.each<[string, object, Node, [runs: boolean, stays: boolean]]>([
  ['any', {}, a, [true, true]],
  ['its selector', { nodeSelector: { disk: 'ssd' } }, a, [false, false]],
  ['selected', { nodeSelector: { disk: 'ssd' } }, node('a', { labels: { disk: 'ssd' } }), [true, true]],
  ['NoSchedule', {}, node('a', { taints: [taint('NoSchedule')] }), [false, true]],
  ['NoExecute', {}, node('a', { taints: [taint('NoExecute')] }), [false, false]],
  ['PreferNoSchedule', {}, node('a', { taints: [taint('PreferNoSchedule')] }), [true, true]],
  ['tolerated', { tolerations: [{ operator: 'Exists' }] }, node('a', { taints: [taint('NoExecute')] }), [true, true]],
  ['cordoned', {}, node('a', { taints: [taint('NoSchedule', 'node.kubernetes.io/unschedulable')] }), [true, true]],
  ['without a network', {}, node('a', { taints: [taint('NoSchedule', 'node.kubernetes.io/network-unavailable')] }), [false, true]],
  [
    'on its own',
    { hostNetwork: true },
    node('a', { taints: [taint('NoSchedule', 'node.kubernetes.io/network-unavailable')] }),
    [true, true],
  ],
  ['not ready', {}, node('a', { taints: [taint('NoExecute', 'node.kubernetes.io/not-ready')] }), [true, true]],
])('fits: %s', (_, template, of, [runs, stays]) => {
  expect(fitsOf(set({}, template))(of)).toEqual({ runs, stays });
});

const old = (name: string, on: string, fare: Fare = 'ready') => pod(name, on, fare, 'old');
const rolling = (rollingUpdate: object) => set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });

test.each<[string, DaemonSet, Pod[], { create: string[]; remove: string[] }]>([
  ['one at a time', rolling({ maxUnavailable: 1 }), [old('p', 'a'), old('q', 'b'), old('r', 'c')], { create: [], remove: ['p'] }],
  [
    'a share of them',
    rolling({ maxUnavailable: '50%' }),
    [old('p', 'a'), old('q', 'b'), old('r', 'c')],
    { create: [], remove: ['p', 'q'] },
  ],
  ['none while one is not back', rolling({ maxUnavailable: 1 }), [pod('p', 'a', 'starts'), old('q', 'b')], { create: [], remove: [] }],
  [
    'one that is not available goes in any case',
    rolling({ maxUnavailable: 1 }),
    [old('p', 'a', 'starts'), old('q', 'b')],
    { create: [], remove: ['p'] },
  ],
  ['surge: beside the old one', surging, [old('p', 'a'), old('q', 'b')], { create: ['a'], remove: [] }],
  ['surge: no more than may', surging, [old('p', 'a'), pod('n', 'a', 'starts'), old('q', 'b')], { create: [], remove: [] }],
  ['on delete', set({ updateStrategy: { type: 'OnDelete' } }), [old('p', 'a')], { create: [], remove: [] }],
])('rollout: %s', (_, of, pods, expected) => {
  expect(shown(planRollout(observed(of, [a, b, c], pods)))).toEqual(expected);
});

test('the status counts nodes', () => {
  const nodes = [a, b, c, node('t', { taints: [taint('NoSchedule')] })];
  const pods = [pod('p', 'a'), old('q', 'b', 'starts'), pod('s', 't')];
  expect(planStatus(observed(set(), nodes, pods), true, undefined)).toEqual({
    currentNumberScheduled: 2,
    numberMisscheduled: 1,
    desiredNumberScheduled: 3,
    numberReady: 1,
    observedGeneration: 3,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
    numberUnavailable: 2,
  });
});

test('a pod is made for a node', () => {
  const made = podFrom(set({}, { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } }), 'h', 'n1');
  expect(nodeOf(made)).toBe('n1');
  expect(made.spec?.affinity?.nodeAffinity).toHaveProperty('preferredDuringSchedulingIgnoredDuringExecution');
  expect(nodeOf({ ...made, spec: { ...made.spec, nodeName: 'n2' } } as Pod)).toBe('n2');
});
