import { expect, test } from 'vitest';
import type { Pod, ReplicaSet } from '../../client/resources.ts';
import { goFirst } from './goes-first.ts';
import { nextAvailable, planReplicas, planStatus } from './plan.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();

interface Told {
  node?: string;
  phase?: string;
  ready?: number;
  cost?: string;
  restarts?: number;
  born?: number;
}

function pod(name: string, { node = 'n1', phase = 'Running', ready, cost, restarts = 0, born = 1000 }: Told = {}): Pod {
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: at(born),
      labels: { app: 'r' },
      ...(cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], ...(node && { nodeName: node }) },
    status: {
      phase,
      conditions: ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: at(ready) }],
      containerStatuses: [{ restartCount: restarts } as never],
    },
  } as Pod;
}

test.each<[string, Pod, Pod]>([
  ['one without a node before one with', pod('goes', { node: '' }), pod('stays')],
  ['a pending before a running one', pod('goes', { phase: 'Pending' }), pod('stays')],
  ['one that is not ready before one that is', pod('goes'), pod('stays', { ready: 5 })],
  ['not ready before a lower cost', pod('goes', { cost: '100' }), pod('stays', { ready: 5, cost: '-5' })],
  ['the lower deletion cost', pod('goes', { ready: 500, cost: '-5' }), pod('stays', { ready: 1 })],
  ['the one that became ready lately', pod('goes', { ready: 2 }), pod('stays', { ready: 900 })],
  ['of about the same time, by UID', pod('a-goes', { ready: 901 }), pod('stays', { ready: 900 })],
  ['the one that restarted more', pod('goes', { restarts: 3 }), pod('stays', { restarts: 1 })],
  ['the newer', pod('goes', { born: 3 }), pod('stays', { born: 3000 })],
])('goes first: %s', (_, goes, stays) => {
  expect(goFirst([stays, goes], 1, [], NOW)).toEqual([goes]);
  expect(goFirst([goes, stays], 1, [], NOW)).toEqual([goes]);
});

test('the crowded machine is relieved first', () => {
  const [lonely, crowded, relative] = [pod('a', { ready: 5, node: 'n1' }), pod('b', { ready: 900, node: 'n2' }), pod('c', { node: 'n2' })];
  expect(goFirst([lonely, crowded], 1, [lonely, crowded, relative], NOW)).toEqual([crowded]);
});

const set = (replicas: number, more: object = {}): ReplicaSet =>
  ({
    metadata: { name: 'r', generation: 3 },
    spec: { replicas, selector: {}, template: { metadata: { labels: { app: 'r' } } }, ...more },
  }) as ReplicaSet;

const observed = (s: ReplicaSet, active: Pod[]) => ({ set: s, active, terminating: 0, now: NOW });

test.each([
  ['missing pods are created', 3, 1, { create: 2, remove: 0 }],
  ['no more than a burst at once', 2000, 0, { create: 500, remove: 0 }],
  ['surplus pods are removed', 1, 3, { create: 0, remove: 2 }],
  ['all is well', 2, 2, { create: 0, remove: 0 }],
])('%s', (_, wanted, have, expected) => {
  const pods = Array.from({ length: have }, (__, i) => pod(`p${i}`));
  const { create, remove } = planReplicas(observed(set(wanted), pods), () => pods);
  expect({ create, remove: remove.length }).toEqual(expected);
});

test('the status counts what is labelled, ready and available', () => {
  const pods = [pod('a', { ready: 100 }), pod('b', { ready: 5 }), pod('c')];
  expect(planStatus(observed(set(3, { minReadySeconds: 30 }), pods), undefined)).toEqual({
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 2,
    availableReplicas: 1,
    terminatingReplicas: 0,
    observedGeneration: 3,
  });
  expect(nextAvailable(observed(set(3, { minReadySeconds: 30 }), pods))).toBe(25_000);
});

test('a failure is a condition until it is over', () => {
  const failed = planStatus(observed(set(1), []), { reason: 'FailedCreate', message: 'exceeded quota' });
  expect(failed.conditions).toMatchObject([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' }]);
  expect(planStatus(observed({ ...set(1), status: failed }, []), undefined).conditions).toBeUndefined();
});
