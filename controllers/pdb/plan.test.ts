import { expect as expectThat, test } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../client/resources.ts';
import { evictedOf, expect, failedStatus, needsScale, planStatus } from './plan.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();

const budget = (spec: object, status?: object) => ({ metadata: { name: 'b', generation: 2 }, spec, status }) as PodDisruptionBudget;
const pod = (name: string, ready = true, going = false) =>
  ({
    metadata: { name, ...(going && { deletionTimestamp: at(1) }) },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod;

const four = ['a', 'b', 'c', 'd'].map((name) => pod(name));

test.each<[string, object, Pod[], number, [allowed: number, desired: number, pods: number]]>([
  ['a number that must be there', { minAvailable: 3 }, four, 0, [1, 3, 4]],
  ['a share of them, rounded up', { minAvailable: '51%' }, four, 4, [1, 3, 4]],
  ['a number that may be gone', { maxUnavailable: 1 }, four, 4, [1, 3, 4]],
  ['a share, rounded up', { maxUnavailable: '30%' }, four, 4, [2, 2, 4]],
  ['of those that there should be', { maxUnavailable: 1 }, four.slice(1), 4, [0, 3, 4]],
  ['those that are not ready count as gone', { minAvailable: 2 }, [pod('a'), pod('b', false), pod('c')], 0, [0, 2, 3]],
  ['those that are going as well', { minAvailable: 1 }, [pod('a'), pod('b', true, true)], 0, [0, 1, 2]],
  ['no controller: nothing', { maxUnavailable: 1 }, four, 0, [0, 0, 0]],
])('%s', (_, spec, pods, scale, [allowed, desired, total]) => {
  const of = budget(spec);
  const status = planStatus(of, pods, expect(of, pods, scale), evictedOf(of, pods, NOW), NOW);
  expectThat(status).toMatchObject({ disruptionsAllowed: allowed, desiredHealthy: desired, expectedPods: total, observedGeneration: 2 });
  const told = allowed > 0 ? { status: 'True', reason: 'SufficientPods' } : { status: 'False', reason: 'InsufficientPods' };
  expectThat(status.conditions).toMatchObject([{ type: 'DisruptionAllowed', ...told }]);
});

test('an eviction counts until the pod goes, for two minutes', () => {
  const of = budget({ minAvailable: 1 }, { disruptedPods: { a: at(30), b: at(130), c: at(10), gone: at(1) } });
  const pods = [pod('a'), pod('b'), pod('c', true, true)];
  const evicted = evictedOf(of, pods, NOW);
  expectThat(evicted).toMatchObject({ pending: { a: at(30) }, recheck: 90_000 });
  expectThat(evicted.overdue.map(({ metadata }) => metadata?.name)).toEqual(['b']);
  expectThat(planStatus(of, pods, expect(of, pods, 0), evicted, NOW)).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0 });
});

test('when nothing is known nothing may go', () => {
  expectThat(needsScale(budget({ minAvailable: 1 }))).toBe(false);
  expectThat(needsScale(budget({ minAvailable: '1%' }))).toBe(true);
  const status = failedStatus(budget({ maxUnavailable: 1 }, { disruptionsAllowed: 3, currentHealthy: 4 }), 'why', NOW);
  expectThat(status).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 4, conditions: [{ reason: 'SyncFailed', message: 'why' }] });
});
