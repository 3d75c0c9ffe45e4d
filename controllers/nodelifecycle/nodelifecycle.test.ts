import { describe, expect, test } from 'vitest';
import type { Lease, Node } from '../../client/resources.ts';
import { createEvictionRates } from './eviction-rate.ts';
import { listen, patience, silentConditions } from './health.ts';
import { planTaints, wouldEvict } from './taints.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const GRACES = { startup: 60_000, running: 50_000 };

function node(ready?: string, taints: object[] = [], more: { zone?: string; conditions?: object[]; unschedulable?: boolean } = {}): Node {
  const conditions = [
    ...(ready ? [{ type: 'Ready', status: ready, lastHeartbeatTime: '2026-11-20T12:59:00Z' }] : []),
    ...(more.conditions ?? []),
  ];
  return {
    metadata: { name: 'n', creationTimestamp: '2026-11-20T12:00:00Z', labels: { 'topology.kubernetes.io/zone': more.zone ?? 'z' } },
    spec: { taints, ...(more.unschedulable && { unschedulable: true }) },
    status: { conditions },
  } as unknown as Node;
}

const lease = (renewTime: string) => ({ spec: { renewTime } }) as unknown as Lease;

describe('health', () => {
  test('a lease that is renewed is heard, whatever its clock says', () => {
    const first = listen(undefined, node('True'), lease('1999-01-01T00:00:00.000000Z'), NOW);
    expect(first.heard).toBe(NOW);
    expect(listen(first, node('True'), lease('1999-01-01T00:00:00.000000Z'), NOW + 5000)).toBe(first);
    expect(listen(first, node('True'), lease('1999-01-01T00:00:01.000000Z'), NOW + 5000).heard).toBe(NOW + 5000);
  });

  test('patience ends after the grace period, or for one that never spoke after that of starting', () => {
    const spoke = listen(undefined, node('True'), undefined, NOW);
    expect(patience(spoke, node('True'), GRACES, NOW + 49_000)).toBe(1000);
    expect(patience(spoke, node('True'), GRACES, NOW + 51_000)).toBe(-1000);
    const silent = listen(undefined, node(), undefined, NOW);
    expect(patience(silent, node(), GRACES, Date.parse('2026-11-20T12:00:59Z'))).toBe(1000);
  });

  test('a silent machine is Unknown, and says which conditions it never gave', () => {
    const conditions = silentConditions(node('True'), NOW);
    expect(conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready Unknown NodeStatusUnknown',
      'MemoryPressure Unknown NodeStatusNeverUpdated',
      'DiskPressure Unknown NodeStatusNeverUpdated',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ]);
    expect(silentConditions({ ...node(), status: { conditions } } as Node, NOW)).toBeUndefined();
  });
});

const keys = (taints: { key: string; effect: string }[] | undefined) => taints?.map(({ key, effect }) => `${key.split('/')[1]}:${effect}`);
const taint = (key: string, effect: string) => ({ key: `node.kubernetes.io/${key}`, effect });

describe('taints', () => {
  test.each<[string, Node, boolean, string[] | undefined]>([
    ['a ready machine has none', node('True'), true, undefined],
    ['a new one loses the taint it came with', node('True', [taint('not-ready', 'NoSchedule')]), true, []],
    ['not ready', node('False'), true, ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    ['not ready, but the rate is used up', node('False'), false, ['not-ready:NoSchedule']],
    ['unreachable', node('Unknown'), true, ['unreachable:NoSchedule', 'unreachable:NoExecute']],
    [
      'from not ready to unreachable whatever the rate says',
      node('Unknown', [taint('not-ready', 'NoSchedule'), taint('not-ready', 'NoExecute')]),
      false,
      ['unreachable:NoSchedule', 'unreachable:NoExecute'],
    ],
    ['pressure', node('True', [], { conditions: [{ type: 'DiskPressure', status: 'True' }] }), true, ['disk-pressure:NoSchedule']],
    ['cordoned', node('True', [], { unschedulable: true }), true, ['unschedulable:NoSchedule']],
    ['taints of others stay', node('True', [{ key: 'a/b', effect: 'NoExecute' }]), true, undefined],
  ])('%s', (_, made, mayEvict, expected) => {
    expect(keys(planTaints(made, mayEvict, NOW))).toEqual(expected);
  });

  test('only a new NoExecute taint counts against the rate', () => {
    expect(wouldEvict(node('False'))).toBe(true);
    expect(wouldEvict(node('Unknown', [taint('not-ready', 'NoExecute')]))).toBe(false);
    expect(wouldEvict(node('True'))).toBe(false);
  });
});

describe('eviction rate', () => {
  const rates = { normal: 1, unhealthy: 0.1, unhealthyShare: 0.55, largeCluster: 50 };
  const many = (count: number, ready: string, zone: string) => Array.from({ length: count }, () => node(ready, [], { zone }));
  const taken = (nodes: Node[], zone: string, seconds: number) => {
    const made = createEvictionRates(rates);
    made.measure(nodes);
    let count = 0;
    for (let t = 0; t <= seconds * 8; t++) if (made.take(node('Unknown', [], { zone }), t * 125)) count++;
    return count;
  };
  test.each<[string, Node[], string, number]>([
    ['a healthy zone', [...many(9, 'True', 'a'), ...many(1, 'Unknown', 'a')], 'a', 11],
    ['most of a small zone is silent: nobody is evicted', [...many(4, 'True', 'a'), ...many(6, 'Unknown', 'a')], 'a', 0],
    ['most of a large zone is silent: slowly', [...many(20, 'True', 'a'), ...many(40, 'Unknown', 'a')], 'a', 2],
    ['one zone of two is wholly silent', [...many(3, 'True', 'a'), ...many(3, 'Unknown', 'b')], 'b', 11],
    ['all is silent: it is us', many(6, 'Unknown', 'a'), 'a', 0],
  ])('%s', (_, nodes, zone, expected) => {
    expect(taken(nodes, zone, 10)).toBe(expected);
  });
});
