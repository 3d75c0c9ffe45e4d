import { expect, test } from 'vitest';
import type { Pod } from '../../client/resources.ts';
import { advance, pauseAfter } from './advance.ts';
import type { Behaviour, Lifetime } from './behaviour.ts';
import { resume } from './resume.ts';
import { createRun, type PodRun, type PodSpec } from './run.ts';
import { phaseOf, statusOf } from './status.ts';

const FOR_EVER: Lifetime = { exitAfter: Number.POSITIVE_INFINITY, exitCode: 0 };

/** Lives by container name; a list is for one start after the other, its last for all that follow. */
function behaviour(lives: Record<string, Lifetime[]> = {}): Behaviour {
  const starts = new Map<string, number>();
  return {
    startDelay: () => 10,
    stopDelay: () => 5,
    longestPause: 300_000,
    lifetime: ({ name }) => {
      const n = starts.get(name) ?? 0;
      starts.set(name, n + 1);
      const own = lives[name] ?? [FOR_EVER];
      return own[Math.min(n, own.length - 1)] ?? FOR_EVER;
    },
  };
}

const exits = (exitCode: number, exitAfter = 0): Lifetime => ({ exitAfter, exitCode });

function podWith(spec: Partial<PodSpec>): Pod {
  return {
    metadata: { name: 'p', namespace: 'default', uid: 'u1', generation: 1 },
    spec: { containers: [{ name: 'app', image: 'web:v1' }], ...spec },
  };
}

/** Leads a pod from one event to the next until `until`, as the keeper does, and tells its phases with their times. */
function live(run: PodRun, does: Behaviour, until: number): string[] {
  const told: string[] = [];
  for (let now = 0; now <= until; ) {
    const { wakeAt } = advance(run, does, now);
    const phase = phaseOf(run);
    if (told.at(-1)?.split(' ')[1] !== phase) told.push(`${now} ${phase}`);
    if (wakeAt === Number.POSITIVE_INFINITY) break;
    now = wakeAt;
  }
  return told;
}

const start = (pod: Pod) => createRun(pod, '127.17.0.1', 0, 10);

test.each<[string, Partial<PodSpec>, Record<string, Lifetime[]>, string[]]>([
  ['a pod starts and runs', {}, {}, ['0 Pending', '10 Running']],
  [
    'init containers run one after the other',
    { initContainers: [{ name: 'i1' }, { name: 'i2' }] },
    { i1: [exits(0, 20)], i2: [exits(0, 30)] },
    ['0 Pending', '60 Running'],
  ],
  [
    'a sidecar does not hold the others up',
    { initContainers: [{ name: 's', restartPolicy: 'Always' }, { name: 'i' }] },
    { i: [exits(0, 5)] },
    ['0 Pending', '15 Running'],
  ],
  ['restartPolicy Never, exit 0', { restartPolicy: 'Never' }, { app: [exits(0, 7)] }, ['0 Pending', '10 Running', '17 Succeeded']],
  ['restartPolicy Never, exit 3', { restartPolicy: 'Never' }, { app: [exits(3, 7)] }, ['0 Pending', '10 Running', '17 Failed']],
  [
    'restartPolicy OnFailure: fails twice, then ends well',
    { restartPolicy: 'OnFailure' },
    { app: [exits(1, 1), exits(1, 1), exits(0, 1)] },
    ['0 Pending', '10 Running', '10013 Succeeded'],
  ],
  [
    'restartPolicy Never, a failing init container',
    { restartPolicy: 'Never', initContainers: [{ name: 'i' }] },
    { i: [exits(1)] },
    ['0 Pending', '10 Failed'],
  ],
  [
    'a sidecar ends with the pod',
    { restartPolicy: 'Never', initContainers: [{ name: 's', restartPolicy: 'Always' }] },
    { app: [exits(0, 7)] },
    ['0 Pending', '10 Running', '17 Succeeded'],
  ],
  ['activeDeadlineSeconds', { activeDeadlineSeconds: 2, restartPolicy: 'Never' }, {}, ['0 Pending', '10 Running', '2000 Failed']],
])('%s', (_, spec, lives, phases) => {
  expect(live(start(podWith(spec)), behaviour(lives), 60_000)).toEqual(phases);
});

test('restarts pause longer and longer, up to the longest', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8].map((n) => pauseAfter(n, 300_000) / 1000)).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

test('a container that keeps crashing is shown in CrashLoopBackOff, with what it ended with', () => {
  const pod = podWith({});
  const run = start(pod);
  const does = behaviour({ app: [exits(2, 1)] });
  for (const now of [0, 10, 11, 12]) advance(run, does, now);
  expect(statusOf(pod, run, 12)).toMatchObject({
    phase: 'Running',
    containerStatuses: [
      {
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container=app pod=p_default(u1)' } },
        lastState: { terminated: { exitCode: 2, reason: 'Error' } },
        restartCount: 1,
        ready: false,
        started: false,
      },
    ],
  });
});

test('a running pod is shown as a kubelet shows it', () => {
  const pod = podWith({});
  pod.status = { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '1970-01-01T00:00:00Z' }] };
  const run = start(pod);
  advance(run, behaviour(), 10);
  run.address = '127.24.0.1';
  const status = statusOf(pod, run, 10);
  expect(status.conditions?.map((c) => `${c.type}=${c.status}`)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ]);
  expect(status).toMatchObject({
    ...{ phase: 'Running', podIP: '127.24.0.1', podIPs: [{ ip: '127.24.0.1' }], hostIP: '127.17.0.1' },
    startTime: '1970-01-01T00:00:00Z',
    containerStatuses: [{ name: 'app', ready: true, started: true, restartCount: 0, image: 'web:v1', state: { running: {} } }],
  });
});

test('asked to stop, a pod ends after its stop delay, and its containers with 0', () => {
  const pod = podWith({});
  const run = start(pod);
  const does = behaviour();
  advance(run, does, 10);
  run.stopAt = 25;
  expect(advance(run, does, 20)).toEqual({ changed: false, wakeAt: 25 });
  advance(run, does, 25);
  expect(run.stopped).toBe(true);
  expect(statusOf(pod, run, 25)).toMatchObject({ phase: 'Succeeded', containerStatuses: [{ state: { terminated: { exitCode: 0 } } }] });
});

test.each<[string, Partial<PodSpec>, Record<string, Lifetime[]>, number]>([
  ['running', {}, {}, 20],
  ['between restarts', {}, { app: [exits(1, 1_000)] }, 12_500],
  ['after restarts', {}, { app: [exits(1, 1_000)] }, 24_000],
  ['with an init container under way', { initContainers: [{ name: 'i' }] }, { i: [exits(0, 60_000)] }, 2_000],
  [
    'one of two containers has ended',
    { containers: [{ name: 'a' }, { name: 'b' }], restartPolicy: 'Never' },
    { a: [exits(0, 1_000)] },
    5_000,
  ],
])('taken over %s, a pod shows the same status', (_, spec, lives, at) => {
  const pod = podWith(spec);
  const run = start(pod);
  const does = behaviour(lives);
  live(run, does, at);
  run.address = '127.24.0.1';
  const status = statusOf(pod, run, at);
  const taken = resume({ ...pod, status }, '127.17.0.1', behaviour(lives), at);
  advance(taken, behaviour(lives), at);
  expect(statusOf({ ...pod, status }, taken, at)).toEqual(status);
});
