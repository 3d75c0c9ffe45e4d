import { expect, test } from 'vitest';
import type { Machine, MachinePool } from '../../../client/cloud.ts';
import { planPool, statusOf } from './plan.ts';

const pool = (replicas: number): MachinePool => ({
  metadata: { name: 'workers', uid: 'p1', generation: 3 },
  spec: { replicas, className: 'small', zones: ['a', 'b', 'c'] },
});

/** `a1 ready` is a machine named a1 in zone a, made at second 1. */
function machines(...texts: string[]): Machine[] {
  return texts.map((text) => {
    const [name = '', state] = text.split(' ');
    const ready = { type: 'NodeReady', status: 'True' as const, reason: 'x', message: '', lastTransitionTime: '' };
    const leaving = state === 'leaving' ? { deletionTimestamp: 'now' } : {};
    return {
      metadata: { name, creationTimestamp: `2026-01-01T00:00:0${name.slice(1)}Z`, ...leaving },
      spec: { className: 'small', zone: name[0] ?? '' },
      status: { conditions: state === 'ready' ? [ready] : [] },
    };
  });
}

test.each<[string, number, string[], { create?: string[]; remove?: string[] }]>([
  ['an empty pool is spread evenly', 5, [], { create: ['a', 'b', 'c', 'a', 'b'] }],
  ['zones that have fewer come first', 4, ['a1 ready', 'a2 ready', 'b1 ready'], { create: ['c'] }],
  ['one that leaves does not count', 1, ['a1 leaving'], { create: ['a'] }],
  ['enough', 2, ['a1 ready', 'b1'], {}],
  ['what is not ready goes first', 2, ['a1 ready', 'b1', 'c1 ready'], { remove: ['b1'] }],
  ['then from the fullest zone, the youngest', 3, ['a1 ready', 'a2 ready', 'b3 ready', 'c4 ready'], { remove: ['a2'] }],
  ['balance is kept all the way', 2, ['a1 ready', 'a2 ready', 'b3 ready', 'b4 ready', 'c5 ready'], { remove: ['b4', 'a2', 'c5'] }],
  ['a zone that is no longer named goes first', 1, ['a1 ready', 'z1 ready'], { remove: ['z1'] }],
  ['to nothing', 0, ['a1 ready', 'b2'], { remove: ['b2', 'a1'] }],
])('%s', (_, replicas, present, { create = [], remove = [] }) => {
  const plan = planPool(pool(replicas), machines(...present));
  expect(plan.create).toEqual(create);
  expect(plan.remove.map((m) => m.metadata?.name)).toEqual(remove);
});

test('the status counts what stays, and what of it is ready', () => {
  expect(statusOf(pool(2), machines('a1 ready', 'b1', 'c1 leaving'), 0)).toMatchObject({
    ...{ observedGeneration: 3, replicas: 2, readyReplicas: 1, selector: 'cloud.kumulus.dev/pool=workers' },
    conditions: [{ type: 'Ready', status: 'False', message: '1 of 2 machines are ready' }],
  });
});
