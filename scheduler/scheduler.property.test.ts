/** What holds whatever happens in whatever order: no node is overcommitted, and nothing that fits stays pending. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../client/errors.ts';
import type { Pod } from '../client/resources.ts';
import { silentLog } from '../types/part/log.ts';
import { seededRandom } from '../types/part/random.ts';
import { readConfiguration } from './config/configuration.ts';
import { Scheduler } from './scheduler.ts';
import { aNode, aPod } from './testing/build.ts';
import { ManualClock, settle } from './testing/manual-clock.ts';

/** Cpu by node; a node has its size for life. */
const SIZES: Record<string, number> = { a: 2, b: 3, c: 4 };
const NAMES = Object.keys(SIZES);

/** An API server in a few lines: it knows nodes and pods, answers bindings when told to, and delivers watch events when told to. */
class World {
  readonly clock = new ManualClock();
  readonly nodes = new Set<string>();
  readonly pods = new Map<string, Pod>();
  readonly #bindings: { pod: Pod; node: string; answer: (error?: Error) => void }[] = [];
  readonly #events: (() => void)[] = [];
  readonly scheduler: Scheduler;
  #made = 0;

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.scheduler = new Scheduler({
      clock: this.clock,
      random,
      log: silentLog,
      configuration: readConfiguration({}, random),
      bindingsInFlight: 3,
      events: { event: () => {} },
      writes: {
        bind: (pod, node) =>
          new Promise((resolve, reject) => {
            this.#bindings.push({ pod, node, answer: (error) => (error ? reject(error) : resolve()) });
          }),
        explain: async () => {},
        clearNomination: async () => {},
        bindVolume: async () => {},
        selectNode: async () => {},
        preempt: async (victim) => this.deletePod(victim.metadata?.name ?? ''),
      },
    });
    this.scheduler.start();
  }

  toggleNode(name: string): void {
    const { cluster, queue } = this.scheduler;
    const node = aNode(name, { allocatable: { cpu: String(SIZES[name]) } });
    if (this.nodes.delete(name)) this.#events.push(() => cluster.removeNode(name));
    else {
      this.nodes.add(name);
      this.#events.push(() => {
        cluster.setNode(node);
        queue.happened({ what: 'node', node, before: undefined });
      });
    }
  }

  createPod(cpu: number, priority: number): void {
    const pod = aPod(`p${this.#made++}`, { requests: { cpu: String(cpu) }, spec: { priority } });
    this.#store(pod);
  }

  deletePod(name: string): void {
    const pod = this.pods.get(name);
    if (!pod) return;
    this.pods.delete(name);
    this.#events.push(() => this.scheduler.books.gone(pod));
  }

  /** Answers a binding that waits: done, refused by the server, or refused because the pod is gone. */
  answer(which: number, well: boolean): void {
    const [binding] = this.#bindings.splice(which % Math.max(1, this.#bindings.length), 1);
    if (!binding) return;
    const { pod, node, answer } = binding;
    const name = pod.metadata?.name ?? '';
    const now = this.pods.get(name);
    if (!now || !well) {
      answer(now ? failure(500, 'InternalError') : failure(404, 'NotFound'));
      return;
    }
    this.#store({ ...now, spec: { ...now.spec, nodeName: node } as Pod['spec'] });
    expect(this.used(node)).toBeLessThanOrEqual(SIZES[node] ?? 0);
    answer();
  }

  deliver(): void {
    this.#events.shift()?.();
  }

  used(node: string): number {
    let used = 0;
    for (const { spec } of this.pods.values()) {
      if (spec?.nodeName === node) used += Number(spec.containers[0]?.resources?.requests?.cpu ?? 0);
    }
    return used;
  }

  /** Until nothing is under way and every backoff is over. */
  async finish(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await settle();
      const busy = this.#events.length + this.#bindings.length;
      while (this.#events.length > 0) this.deliver();
      while (this.#bindings.length > 0) this.answer(0, true);
      quiet = busy > 0 ? 0 : quiet + 1;
      this.clock.advance(11_000);
    }
  }

  #store(pod: Pod): void {
    this.pods.set(pod.metadata?.name ?? '', pod);
    this.#events.push(() => this.scheduler.books.seen(pod));
  }
}

function failure(code: number, reason: string): ApiError {
  return new ApiError({ apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', message: reason, reason, code });
}

type Step = (world: World) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...NAMES).map(
    (name): Step =>
      (world) =>
        world.toggleNode(name),
  ),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 0, 0, 10)).map(
    ([cpu, priority]): Step =>
      (world) =>
        world.createPod(cpu, priority),
  ),
  fc.nat(20).map(
    (i): Step =>
      (world) =>
        world.deletePod(`p${i}`),
  ),
  fc.tuple(fc.nat(3), fc.boolean()).map(
    ([which, well]): Step =>
      (world) =>
        world.answer(which, well),
  ),
  fc.constant<Step>((world) => world.deliver()),
  fc.constant<Step>((world) => world.deliver()),
  fc.constantFrom(1, 500, 5000).map(
    (ms): Step =>
      (world) =>
        world.clock.advance(ms),
  ),
);

describe('the scheduler, whatever happens', () => {
  it('never overcommits a node, and leaves nothing pending that fits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), async (seed, steps) => {
        const world = new World(seed);
        for (const take of steps) {
          take(world);
          await settle();
        }
        await world.finish();
        for (const pod of world.pods.values()) {
          if (pod.spec?.nodeName) continue;
          const cpu = Number(pod.spec?.containers[0]?.resources?.requests?.cpu);
          const fits = [...world.nodes].filter((node) => world.used(node) + cpu <= (SIZES[node] ?? 0));
          expect(fits, `pod of ${cpu} cpu is pending`).toEqual([]);
        }
        const { cluster } = world.scheduler;
        for (const name of world.nodes) {
          const slot = cluster.nodes.bySlotOf.get(name) ?? -1;
          expect((cluster.nodes.requested[0]?.[slot] ?? 0) / 1000).toBe(world.used(name));
        }
        await world.scheduler.stop();
      }),
      { numRuns: 500 },
    );
  });
});
