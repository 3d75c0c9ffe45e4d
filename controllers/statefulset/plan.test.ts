import { expect, test } from 'vitest';
import type { PersistentVolumeClaim as Claim, Pod } from '../../client/resources.ts';
import { byRevision, type ControllerRevision, outdated, type PodTemplate, planRevision } from '../shared/revisions.ts';
import { claimsToRetain, missingClaims } from './claims.ts';
import { podFrom, type StatefulSet } from './identity.ts';
import { type Observed, planStatefulSet } from './plan.ts';
import { nextAvailable, planStatus } from './status.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } } as PodTemplate;
const revision = (name: string, number = 1) => ({ metadata: { name }, revision: number }) as ControllerRevision;

function set(spec: object = {}, status: object = {}): StatefulSet {
  const base = { replicas: 3, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
  const metadata = { name: 'db', namespace: 'ns', uid: 'set', generation: 2 };
  return { metadata, spec: { ...base, updateStrategy: strategy, ...spec }, status: { replicas: 0, ...status } } as StatefulSet;
}

type Fare = 'ready' | 'pending' | 'failed' | 'going';

function pod(owner: StatefulSet, ordinal: number, fare: Fare = 'ready', of = 'new', readyFor = 100): Pod {
  const made = podFrom(owner, template, of, ordinal);
  const phase = { ready: 'Running', pending: 'Pending', failed: 'Failed', going: 'Running' }[fare];
  const lastTransitionTime = new Date(NOW - readyFor * 1000).toISOString();
  const conditions = fare === 'ready' ? [{ type: 'Ready', status: 'True', lastTransitionTime }] : [];
  const metadata = { ...made.metadata, uid: `pod-${ordinal}`, ...(fare === 'going' && { deletionTimestamp: '2026-11-20T12:59:00Z' }) };
  return { ...made, metadata, status: { phase, conditions } };
}

function observed(owner: StatefulSet, pods: Pod[], more: Partial<Observed> = {}): Observed {
  const [current, update] = [revision('old'), revision('new')];
  const templates = { currentTemplate: template, updateTemplate: template };
  return { set: owner, pods, claim: () => undefined, current, update, ...templates, now: NOW, maxUnavailable: false, ...more };
}

const steps = (o: Observed) => planStatefulSet(o).phases.flatMap((phase) => phase.map((step) => `${step.do} ${step.pod.metadata?.name}`));

const three = set();
const parallel = set({ podManagementPolicy: 'Parallel' });

test.each<[string, StatefulSet, Pod[], string[]]>([
  ['the first pod alone', three, [], ['create db-0']],
  ['no second before the first is ready', three, [pod(three, 0, 'pending')], []],
  ['the second when the first is ready', three, [pod(three, 0)], ['create db-1']],
  ['in parallel all at once', parallel, [pod(three, 1, 'pending')], ['create db-0', 'create db-2']],
  ['from the start ordinal on', set({ ordinals: { start: 5 } }), [], ['create db-5']],
  ['one that has ended is deleted', three, [pod(three, 0, 'failed')], ['delete db-0']],
  ['nothing while one is going', three, [pod(three, 0, 'going')], []],
  ['the highest goes first', set({ replicas: 1 }), [pod(three, 0), pod(three, 1), pod(three, 2)], ['delete db-2']],
  ['none goes while a lower one is not ready', set({ replicas: 1 }), [pod(three, 0, 'pending'), pod(three, 2)], []],
  ['not ready itself it goes', set({ replicas: 1 }), [pod(three, 0), pod(three, 2, 'pending')], ['delete db-2']],
  [
    'all go at once in parallel',
    set({ replicas: 0, podManagementPolicy: 'Parallel' }),
    [pod(three, 0), pod(three, 1)],
    ['delete db-1', 'delete db-0'],
  ],
])('replicas: %s', (_, owner, pods, expected) => {
  expect(steps(observed(owner, pods))).toEqual(expected);
});

const rolling = (rollingUpdate: object) => set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
const old = (ordinal: number, fare: Fare = 'ready') => pod(three, ordinal, fare, 'old');

test.each<[string, StatefulSet, Pod[], boolean, string[]]>([
  ['the highest old one first', three, [old(0), old(1), old(2)], false, ['delete db-2']],
  ['the next when it is back', three, [old(0), old(1), pod(three, 2)], false, ['delete db-1']],
  ['none below the partition', rolling({ partition: 2 }), [old(0), old(1), pod(three, 2)], false, []],
  ['none on delete', set({ updateStrategy: { type: 'OnDelete' } }), [old(0), old(1), old(2)], false, []],
  ['the gate is off', rolling({ maxUnavailable: 2 }), [old(0), old(1), old(2)], false, ['delete db-2']],
  ['several at once', rolling({ maxUnavailable: 2 }), [old(0), old(1), old(2)], true, ['delete db-2', 'delete db-1']],
  ['a percentage is rounded up', rolling({ maxUnavailable: '50%' }), [old(0), old(1), old(2)], true, ['delete db-2', 'delete db-1']],
])('rollout: %s', (_, owner, pods, maxUnavailable, expected) => {
  expect(steps(observed(owner, pods, { maxUnavailable }))).toEqual(expected);
});

test('below the partition a pod comes back as it was', () => {
  const [phase] = planStatefulSet(observed(rolling({ partition: 1 }), [old(1), old(2)])).phases;
  expect(phase?.[0]?.pod.metadata?.labels?.['controller-revision-hash']).toBe('old');
});

test('the status counts, and a rollout that is through makes its revision the current one', () => {
  const half = observed(three, [old(0), old(1, 'pending'), pod(three, 2)]);
  expect(planStatus(half, 0, 1)).toEqual({
    replicas: 3,
    availableReplicas: 2,
    collisionCount: 0,
    observedGeneration: 2,
    currentRevision: 'old',
    updateRevision: 'new',
    readyReplicas: 2,
    currentReplicas: 1,
    updatedReplicas: 1,
  });
  const all = planStatus(observed(three, [pod(three, 0), pod(three, 1), pod(three, 2)]), 0, 0);
  expect(all).toMatchObject({ currentRevision: 'new', currentReplicas: 3, updatedReplicas: 3 });
});

test('a pod that has just become ready holds up the next for minReadySeconds', () => {
  const slow = set({ minReadySeconds: 30 });
  const now = observed(slow, [pod(slow, 0, 'ready', 'new', 10)]);
  expect(steps(now)).toEqual([]);
  expect(nextAvailable(now)).toBe(20_000);
});

test('claims are made once and owned as the policy says', () => {
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }];
  const policy = { whenScaled: 'Delete', whenDeleted: 'Delete' };
  const owner = set({ replicas: 1, volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: policy });
  const [made] = missingClaims(owner, pod(owner, 0), () => undefined);
  expect(made?.metadata).toMatchObject({
    name: 'data-db-0',
    labels: { app: 'db' },
    ownerReferences: [{ kind: 'StatefulSet', uid: 'set' }],
  });
  const find = () => made as Claim;
  expect(missingClaims(owner, pod(owner, 0), find)).toEqual([]);
  expect(claimsToRetain(owner, pod(owner, 0), find)).toEqual([]);
  expect(claimsToRetain(owner, pod(owner, 1), find)[0]?.metadata?.ownerReferences).toMatchObject([{ kind: 'Pod', uid: 'pod-1' }]);
  const kept = set({ volumeClaimTemplates });
  expect(claimsToRetain(kept, pod(kept, 0), find)[0]?.metadata?.ownerReferences).toEqual([]);
});

test('a template that was there before raises its revision', () => {
  const history = { owner: three, reference: {} as never, hashLabel: 'hash', collisionCount: 0 };
  const [first, second] = [template, { ...template, metadata: {} } as PodTemplate].map((of, i) => {
    const made = planRevision({ ...history, template: of }, []);
    expect(made.do).toBe('create');
    return { ...made.revision, revision: i + 1 };
  }) as [ControllerRevision, ControllerRevision];
  expect(planRevision({ ...history, template }, [first])).toEqual({ do: 'keep', revision: first });
  expect(planRevision({ ...history, template }, [first, second])).toEqual({ do: 'raise', revision: { ...first, revision: 3 } });
  expect([second, first].sort(byRevision)).toEqual([first, second]);
});

test('revisions that no pod is of go, the oldest first', () => {
  const all = ['a', 'b', 'c', 'd'].map((name, i) => revision(name, i + 1));
  expect(outdated(all, new Set(['a']), 1).map(({ metadata }) => metadata?.name)).toEqual(['b', 'c']);
});
