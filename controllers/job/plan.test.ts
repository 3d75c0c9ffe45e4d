import { expect, test } from 'vitest';
import type { Pod } from '../../client/resources.ts';
import { NO_FAILURES } from './backoff.ts';
import { judge } from './failures.ts';
import { FINALIZER, INDEX, INDEX_FAILURES, type Job, type JobStatus } from './identity.ts';
import { countAmong, firstFree, formatIndexes, parseIndexes, withIndexes } from './indexes.ts';
import { planPods } from './plan.ts';
import { look, type Observed } from './sight.ts';
import { ended, planTracking, takeIn } from './tracking.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();

function job(spec: object = {}, status: object = {}): Job {
  const base = { parallelism: 2, completions: 3, backoffLimit: 6, template: { spec: { containers: [], restartPolicy: 'Never' } } };
  return { metadata: { name: 'j', namespace: 'ns', uid: 'job' }, spec: { ...base, ...spec }, status } as Job;
}

type Fare = 'runs' | 'succeeded' | 'failed' | 'goes';

interface Told {
  index?: number;
  failures?: number;
  exitCode?: number;
  ago?: number;
  free?: boolean;
}

function pod(uid: string, fare: Fare, { index, failures, exitCode = 1, ago = 1000, free }: Told = {}): Pod {
  const phase = { runs: 'Running', succeeded: 'Succeeded', failed: 'Failed', goes: 'Running' }[fare];
  const annotations = {
    ...(index !== undefined && { [INDEX]: `${index}` }),
    ...(failures !== undefined && { [INDEX_FAILURES]: `${failures}` }),
  };
  const terminated = { exitCode: fare === 'failed' ? exitCode : 0, finishedAt: at(ago) };
  return {
    metadata: {
      name: uid,
      namespace: 'ns',
      uid,
      annotations,
      finalizers: free ? [] : [FINALIZER],
      ...(fare === 'goes' && { deletionTimestamp: at(ago) }),
    },
    status: { phase, containerStatuses: fare === 'succeeded' || fare === 'failed' ? [{ name: 'c', state: { terminated } }] : [] },
  } as unknown as Pod;
}

const see = (of: Job, pods: Pod[], more: Partial<Observed> = {}) =>
  look({ job: of, pods, released: new Set(), fresh: true, failures: NO_FAILURES, now: NOW, ...more });

function planned(of: Job, pods: Pod[], more?: Partial<Observed>) {
  const plan = planPods(see(of, pods, more));
  return plan && { create: plan.create.map(({ index }) => index ?? '-'), remove: plan.remove.length, backoff: plan.backoff };
}

const none = { create: [], remove: 0, backoff: 0 };
const indexed = (more: object = {}, status: object = {}) => job({ completionMode: 'Indexed', parallelism: 3, ...more }, status);

test.each<[string, Job, Pod[], object | undefined]>([
  ['as many as run at a time', job(), [], { ...none, create: ['-', '-'] }],
  ['no more than are still needed', job({}, { succeeded: 2 }), [], { ...none, create: ['-'] }],
  ['a success that is not counted yet counts', job({}, { succeeded: 1 }), [pod('a', 'succeeded')], { ...none, create: ['-'] }],
  [
    'a success that was counted does not count twice',
    job({}, { succeeded: 2 }),
    [pod('a', 'succeeded', { free: true })],
    { ...none, create: ['-'] },
  ],
  ['a work queue is not filled up after a success', job({ completions: undefined }, { succeeded: 1 }), [pod('a', 'runs')], none],
  ['too many', job({ parallelism: 1 }), [pod('a', 'runs'), pod('b', 'runs')], { ...none, remove: 1 }],
  ['suspended: all go', job({ suspend: true }), [pod('a', 'runs'), pod('b', 'runs')], { ...none, remove: 2 }],
  ['one that goes is replaced', job({ completions: 1 }), [pod('a', 'goes')], { ...none, create: ['-'] }],
  ['not before it has ended', job({ completions: 1, podReplacementPolicy: 'Failed' }), [pod('a', 'goes')], none],
  ['after a failure it waits', job(), [pod('a', 'failed', { ago: 4 })], { ...none, backoff: 6000 }],
  [
    'the lowest free indexes',
    indexed({ completions: 5 }, { completedIndexes: '1' }),
    [pod('a', 'runs', { index: 0 })],
    { ...none, create: [2, 3] },
  ],
  ['one of two twins goes', indexed(), [pod('a', 'runs', { index: 0 }), pod('b', 'runs', { index: 0 })], { ...none, remove: 1 }],
  ['too many failures: all go', job({ backoffLimit: 0 }), [pod('a', 'failed'), pod('b', 'runs')], { ...none, remove: 1 }],
  ['out of time: all go', job({ activeDeadlineSeconds: 5 }, { startTime: at(5) }), [pod('b', 'runs')], { ...none, remove: 1 }],
  [
    'an index that failed too often is not tried again',
    indexed({ backoffLimitPerIndex: 0 }),
    [pod('a', 'failed', { index: 1 })],
    { ...none, create: [0, 2] },
  ],
  [
    'one that may be tried again waits for itself alone',
    indexed({ backoffLimitPerIndex: 1 }),
    [pod('a', 'failed', { index: 1, ago: 1 })],
    { ...none, create: [0, 2] },
  ],
])('pods: %s', (_, of, pods, expected) => {
  expect(planned(of, pods)).toEqual(expected);
});

test('nothing is decided on a stale copy', () => expect(planned(job(), [], { fresh: false })).toBeUndefined());

test('the replacement takes over the failures of its index', () => {
  const sight = see(indexed({ backoffLimitPerIndex: 3, completions: 1 }), [pod('a', 'failed', { index: 0, failures: 1 })]);
  expect(planPods(sight)?.create).toEqual([{ index: 0, annotations: { [INDEX_FAILURES]: '2' } }]);
  expect(sight.delayed.get(0)?.metadata?.uid).toBe('a');
});

test.each<[string, Job, Pod[], string | undefined]>([
  ['goes on', job(), [pod('a', 'failed')], undefined],
  ['too many failures', job({ backoffLimit: 1 }, { failed: 1 }), [pod('a', 'failed')], 'BackoffLimitExceeded'],
  [
    'failed indexes',
    indexed({ backoffLimitPerIndex: 0 }, { completedIndexes: '0,2' }),
    [pod('a', 'failed', { index: 1 })],
    'FailedIndexes',
  ],
  [
    'too many failed indexes',
    indexed({ backoffLimitPerIndex: 0, maxFailedIndexes: 0 }),
    [pod('a', 'failed', { index: 1 })],
    'MaxFailedIndexesExceeded',
  ],
  [
    'the indexes that matter',
    indexed({ successPolicy: { rules: [{ succeededIndexes: '0' }] } }, { completedIndexes: '0' }),
    [],
    'SuccessPolicy',
  ],
  [
    'not enough of them',
    indexed({ successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 2 }] } }, { completedIndexes: '0,2' }),
    [],
    undefined,
  ],
])('end: %s', (_, of, pods, reason) => {
  expect(see(of, pods).end?.reason).toBe(reason);
});

test('the pod failure policy: the first rule that matches decides', () => {
  const rules = [
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
  ];
  const of = job({ podFailurePolicy: { rules } });
  expect(judge(of, pod('a', 'failed', { exitCode: 7 }))).toEqual({ counts: true, failsIndex: false });
  const message = 'Container c for pod ns/a failed with exit code 42 matching FailJob rule at index 1';
  expect(judge(of, pod('a', 'failed', { exitCode: 42 })).failsJob).toBe(message);
  expect(see(of, [pod('a', 'failed', { exitCode: 42 })]).end).toEqual({ type: 'FailureTarget', reason: 'PodFailurePolicy', message });
  const disrupted = { ...pod('a', 'failed'), status: { conditions: [{ type: 'DisruptionTarget', status: 'True' }] } } as Pod;
  expect(judge(of, disrupted).counts).toBe(false);
});

/** Runs one pass over the pods; `crash`: it ends before any finalizer is removed. */
function pass(of: Job, pods: Pod[], crash: boolean): { job: Job; pods: Pod[] } {
  const sight = see(of, pods);
  const after = { active: sight.active.length, ready: 0, terminating: 0, end: undefined, conditions: [], startTime: undefined };
  const { status, release, held } = planTracking(sight, after);
  if (crash) return { job: { ...of, status }, pods };
  for (const { metadata } of release) held.delete(metadata?.uid ?? '');
  const left = pods.map((one) => (release.includes(one) ? { ...one, metadata: { ...one.metadata, finalizers: [] } } : one));
  return { job: { ...of, status: takeIn(status, held) }, pods: left };
}

test('each pod is counted once, wherever a run breaks off', () => {
  const pods = [pod('a', 'succeeded'), pod('b', 'succeeded'), pod('c', 'failed'), pod('d', 'runs')];
  const first = pass(job(), pods, true);
  expect(first.job.status).toMatchObject({ uncountedTerminatedPods: { succeeded: ['a', 'b'], failed: ['c'] } });
  expect(first.job.status?.succeeded).toBeUndefined();
  const second = pass(first.job, first.pods, false);
  expect(second.job.status).toMatchObject({ active: 1, succeeded: 2, failed: 1, uncountedTerminatedPods: {} });
  const third = pass(second.job, second.pods.slice(1), false);
  expect(third.job.status).toEqual(second.job.status);
});

test('an indexed job counts indexes and not pods', () => {
  const twins = [pod('a', 'succeeded', { index: 0 }), pod('b', 'succeeded', { index: 0 }), pod('c', 'succeeded', { index: 2 })];
  expect(pass(indexed(), twins, false).job.status).toMatchObject({ succeeded: 2, completedIndexes: '0,2', uncountedTerminatedPods: {} });
});

test('a job has ended when nothing is uncounted or terminating', () => {
  const end = { type: 'FailureTarget' as const, reason: 'DeadlineExceeded', message: 'm' };
  expect(ended({ uncountedTerminatedPods: { failed: ['a'] } } as JobStatus, end, NOW)).toBeUndefined();
  expect(ended({ terminating: 1 }, end, NOW)).toBeUndefined();
  expect(ended({}, end, NOW)?.conditions).toMatchObject([{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }]);
  const success = ended({}, { ...end, type: 'SuccessCriteriaMet' }, NOW);
  expect(success).toMatchObject({ completionTime: '2026-11-20T13:00:00Z', conditions: [{ type: 'Complete' }] });
});

test('sets of indexes', () => {
  expect(formatIndexes(parseIndexes('0,2-5,8-9', 100))).toBe('0,2-5,8,9');
  expect(formatIndexes(parseIndexes('0,2-5,8', 4))).toBe('0,2,3');
  expect(formatIndexes(withIndexes(parseIndexes('1,3', 9), [2, 7]))).toBe('1-3,7');
  expect(firstFree(parseIndexes('0,2-3', 9), 3, 6)).toEqual([1, 4, 5]);
  expect(firstFree([], 3, 2)).toEqual([0, 1]);
  expect(countAmong(parseIndexes('0-4', 9), parseIndexes('2-8', 9))).toBe(3);
});
