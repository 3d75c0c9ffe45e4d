import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../../client/resources.ts';
import { advance } from './advance.ts';
import type { Behaviour, Lifetime } from './behaviour.ts';
import { resume } from './resume.ts';
import { createRun, isInitialized, type PodRun } from './run.ts';
import { statusOf } from './status.ts';

const container = (name: string, sidecar = false) => ({ name, image: name, ...(sidecar && { restartPolicy: 'Always' }) });
const names = (prefix: string, min: number, max: number) =>
  fc.integer({ min, max }).map((n) => Array.from({ length: n }, (_, i) => `${prefix}${i}`));

const spec = fc.record({
  restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
  initContainers: names('i', 0, 3).chain((all) => fc.tuple(...all.map((name) => fc.boolean().map((sidecar) => container(name, sidecar))))),
  containers: names('c', 1, 3).map((all) => all.map((name) => container(name))),
});
const life: fc.Arbitrary<Lifetime> = fc.record({
  exitAfter: fc.oneof(
    fc.integer({ min: 0, max: 20 }).map((n) => n * 1000),
    fc.constant(Number.POSITIVE_INFINITY),
  ),
  exitCode: fc.constantFrom(0, 0, 1, 137),
});
/** Milliseconds that pass, then perhaps a new process that knows only the status, or a wish to stop. Whole seconds, as in the API. */
const step = fc.record({ pass: fc.integer({ min: 0, max: 30 }), next: fc.constantFrom('nothing', 'nothing', 'takeOver', 'stop') });

/** The same for each start of a container, whoever asks. */
function behaviourFrom(lives: Lifetime[]): Behaviour {
  const lifetime = ({ name }: { name: string }) => lives[(name.charCodeAt(0) + Number(name.slice(1))) % lives.length] as Lifetime;
  return { startDelay: () => 0, stopDelay: () => 0, longestPause: 300_000, lifetime };
}

function check(run: PodRun, before: Map<string, number>, wasOver: string | undefined): void {
  const apps = run.containers.filter((c) => c.role === 'app');
  const uninitialized = run.containers.some((c) => c.role !== 'app' && !isInitialized(c));
  if (uninitialized) expect(apps.every((c) => c.state.is === 'waiting')).toBe(true);
  for (const { spec: own, restarts } of run.containers) expect(restarts).toBeGreaterThanOrEqual(before.get(own.name) ?? 0);
  if (run.finish) expect(run.containers.some((c) => c.state.is === 'running')).toBe(false);
  if (wasOver) expect(run.finish?.phase).toBe(wasOver);
  if (run.spec.restartPolicy === 'Never') expect(apps.every((c) => c.restarts === 0)).toBe(true);
}

test('in whatever order time passes, processes die and pods are stopped, a pod’s life keeps its rules', () => {
  fc.assert(
    fc.property(spec, fc.array(life, { minLength: 1, maxLength: 7 }), fc.array(step, { maxLength: 12 }), (podSpec, lives, steps) => {
      const pod: Pod = { metadata: { name: 'p', namespace: 'n', uid: 'u' }, spec: podSpec };
      const does = behaviourFrom(lives);
      let now = 0;
      let run = createRun(pod, 'host', now, 0);
      for (const { pass, next } of steps) {
        const before = new Map(run.containers.map((c) => [c.spec.name, c.restarts]));
        const wasOver = run.finish?.phase;
        now += pass * 1000;
        if (next === 'stop') run.stopAt ??= now;
        const { wakeAt } = advance(run, does, now);
        if (!run.finish) expect(wakeAt).toBeGreaterThan(now);
        check(run, before, wasOver);
        if (next !== 'takeOver' || run.finish) continue;
        run.address = 'pod';
        const status = statusOf(pod, run, now);
        const asked = run.stopAt;
        run = resume({ ...pod, status }, 'host', does, now);
        run.stopAt = asked;
        advance(run, does, now);
        expect(statusOf({ ...pod, status }, run, now)).toEqual(status);
      }
    }),
    { numRuns: 500 },
  );
});
