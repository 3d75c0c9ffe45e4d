import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../types/part/random.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { Cluster } from '../../cache/cluster.ts';
import { takeIn } from '../../cache/take-in.ts';
import { readConfiguration } from '../../config/configuration.ts';
import type { BindContext } from '../../framework/plugin.ts';
import { answerQuestion, type ProfilesFor } from '../../simulate/request.ts';
import { aNode, aPod } from '../../testing/build.ts';
import { settle } from '../../testing/manual-clock.ts';
import { coscheduling } from './coscheduling.ts';

const LABEL = 'scheduling.x-k8s.io/pod-group';
const group = (name: string, minMember: number) =>
  ({
    apiVersion: 'scheduling.x-k8s.io/v1alpha1',
    kind: 'PodGroup',
    metadata: { name, namespace: 'default' },
    spec: { minMember },
  }) as AnyObject;
const member = (name: string, of: string, cpu = '1') => aPod(name, { labels: { [LABEL]: of }, requests: { cpu } });

const withGangs: ProfilesFor = (random) => {
  const queueSort = { disabled: [{ name: '*' }], enabled: [{ name: 'Coscheduling' }] };
  return readConfiguration({ profiles: [{ plugins: { queueSort, multiPoint: { enabled: [{ name: 'Coscheduling' }] } } }] }, random)
    .profiles;
};

function cluster(minMember: number): { at(name: string): BindContext; cluster: Cluster; timeOut(): void } {
  const made = new Cluster();
  takeIn(made, group('g', minMember));
  made.setNode(aNode('n'));
  let timeOut = () => {};
  const until = (done: () => boolean) => new Promise<boolean>((resolve) => (timeOut = () => resolve(done())));
  const at = (name: string): BindContext => {
    const pod = made.describe(member(name, 'g'));
    made.place(pod, 'n');
    return { pod, node: 'n', cluster: made, writes: { until, activate: () => {} } as unknown as BindContext['writes'] };
  };
  return { at, cluster: made, timeOut: () => timeOut() };
}

describe('Coscheduling', () => {
  it('lets all go when enough have a place', async () => {
    const { at } = cluster(2);
    const plugin = coscheduling();
    const first = plugin.permit?.(at('a'));
    expect(plugin.permit?.(at('b'))).toBeUndefined();
    await expect(first).resolves.toBeUndefined();
  });

  it('refuses all when one finds no place, and when the time is up', async () => {
    const { at, cluster: made, timeOut } = cluster(3);
    const plugin = coscheduling();
    const waiting = [plugin.permit?.(at('a')), plugin.permit?.(at('b'))];
    plugin.postFilter?.({ pod: made.describe(member('c', 'g')) } as never, made);
    for (const one of waiting) await expect(one).resolves.toMatchObject({ plugin: 'Coscheduling' });
    const again = cluster(3);
    const late = plugin.permit?.(again.at('a'));
    await settle();
    again.timeOut();
    timeOut();
    await expect(late).resolves.toMatchObject({ plugin: 'Coscheduling' });
  });

  it('says when there are too few pods', () => {
    const { cluster: made } = cluster(3);
    const run = coscheduling().prepareFilter?.(made.describe(member('a', 'g')), made);
    const reasons = ['cannot find enough sibling pods, current pods number: 1, minMember of group: 3'];
    expect(run).toMatchObject({ refused: { reasons } });
  });

  it('is all or nothing in simulations, whatever the gangs and the room', () => {
    const gangs = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), cpu: fc.constantFrom('1', '2', '3') }), { maxLength: 5 });
    fc.assert(
      fc.property(gangs, fc.integer({ min: 1, max: 3 }), (given, nodes) => {
        const state = Array.from(
          { length: nodes },
          (_, i) => ({ apiVersion: 'v1', kind: 'Node', ...aNode(`n${i}`) }) as unknown as AnyObject,
        );
        const place = given.flatMap(({ size, cpu }, g) => [
          group(`g${g}`, size),
          ...Array.from(
            { length: size },
            (_, i) => ({ apiVersion: 'v1', kind: 'Pod', ...member(`g${g}-${i}`, `g${g}`, cpu) }) as unknown as AnyObject,
          ),
        ]);
        const { placed } = answerQuestion({ state, expandState: true, place, loseNodes: [], fit: [], profiles: withGangs }).simulation;
        for (const [g, { size }] of given.entries()) {
          expect([0, size]).toContain(placed.filter(({ pod }) => pod.startsWith(`default/g${g}-`)).length);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('takes part only where it is enabled', () => {
    const names = readConfiguration({}, seededRandom(1)).profiles[0]?.plugins.map((plugin) => plugin.name);
    expect(names).not.toContain('Coscheduling');
    expect(withGangs(seededRandom(1))[0]?.queueSort.name).toBe('Coscheduling');
  });
});
