import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../types/part/random.ts';
import { Cluster } from '../cache/cluster.ts';
import { buildProfile } from '../config/profile.ts';
import { aNode, aPod } from '../testing/build.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type QueuedPod, SchedulingQueue } from './scheduling-queue.ts';

const profile = buildProfile({}, seededRandom(1));
let clock: ManualClock;
let cluster: Cluster;
let queue: SchedulingQueue;
let woken: number;

beforeEach(() => {
  clock = new ManualClock();
  cluster = new Cluster();
  woken = 0;
  queue = new SchedulingQueue(clock, cluster, profile.queueSort, { onReady: () => woken++ });
});

const add = (name: string, spec = {}) => queue.add(cluster.describe(aPod(name, { spec })), profile);
const popped = () => queue.pop()?.pod.metadata?.name;
const by = (...plugins: string[]) => new Set(plugins);
const nodeCame = { what: 'node', node: aNode('n'), before: undefined } as const;
const podGone = { what: 'podGone', pod: aPod('gone') } as const;

describe('the scheduling queue', () => {
  it('gives the higher priority first, then in the order in which pods came', () => {
    add('first');
    add('second');
    clock.advance(5);
    add('urgent', { priority: 10 });
    expect([popped(), popped(), popped(), popped()]).toEqual(['urgent', 'first', 'second', undefined]);
  });

  it('holds gated pods back', () => {
    add('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
    expect(popped()).toBeUndefined();
    expect(queue.counts().gated).toBe(1);
  });

  it('tries a refused pod again when an event comes that its plugins wait for, and for no other', () => {
    add('p');
    queue.refused(queue.pop() as QueuedPod, by('TaintToleration'));
    queue.happened(podGone);
    expect(queue.counts().unschedulable).toBe(1);
    queue.happened(nodeCame);
    expect(popped()).toBe('p');
  });

  it('takes any event as a hope for a pod that nobody in particular refused', () => {
    add('p');
    queue.refused(queue.pop() as QueuedPod, by());
    queue.happened(nodeCame);
    expect(popped()).toBe('p');
  });

  it('lets a pod in backoff wait as long as others are active', () => {
    add('p');
    queue.refused(queue.pop() as QueuedPod, by('NodeResourcesFit'));
    queue.happened(podGone);
    expect(queue.counts().backoff).toBe(1);
    add('fresh');
    expect([popped(), popped()]).toEqual(['fresh', 'p']);
  });

  it('backs off after an error: 1 s, doubling up to 10 s', () => {
    const pod = add('p');
    const waits = [1000, 2000, 4000, 8000, 10_000, 10_000];
    for (const wait of waits) {
      expect(popped()).toBe('p');
      queue.retry(pod);
      clock.advance(wait - 1);
      expect(popped()).toBeUndefined();
      woken = 0;
      clock.advance(1);
      expect(woken).toBeGreaterThan(0);
    }
  });

  it('tries again after five minutes what no event has helped', () => {
    add('p');
    queue.refused(queue.pop() as QueuedPod, by('NodeResourcesFit'));
    clock.advance(5 * 60_000);
    expect(popped()).toBeUndefined();
    clock.advance(60_000);
    expect(popped()).toBe('p');
  });

  it('forgets a pod that is removed, wherever it is', () => {
    const active = add('active');
    const refused = add('refused');
    add('kept');
    queue.remove(active);
    expect(popped()).toBe('refused');
    queue.refused(refused, by('NodeResourcesFit'));
    queue.remove(refused);
    queue.happened(podGone);
    expect([popped(), popped()]).toEqual(['kept', undefined]);
  });
});
