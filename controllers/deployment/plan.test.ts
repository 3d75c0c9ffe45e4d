import { describe, expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../../client/resources.ts';
import { type Random, seededRandom } from '../../types/part/random.ts';
import type { Observed } from './draft.ts';
import { type Plan, planDeployment } from './plan.ts';
import { templateHash } from './revision.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const template = (image: string) => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } });

function deployment(spec: Partial<NonNullable<Deployment['spec']>> = {}): Deployment {
  return {
    metadata: { name: 'web', namespace: 'default', uid: 'd', generation: 1 },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: template('v1'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
    },
  };
}

/** A replica set of an image, as its controller would leave it: all pods there, so many of them available. */
function set(image: string, revision: number, replicas: number, available = replicas): ReplicaSet {
  return {
    metadata: {
      name: `web-${image}`,
      uid: image,
      creationTimestamp: `2026-11-20T12:00:0${revision}Z`,
      generation: 1,
      annotations: {
        'deployment.kubernetes.io/revision': String(revision),
        'deployment.kubernetes.io/desired-replicas': '4',
        'deployment.kubernetes.io/max-replicas': '5',
      },
    },
    spec: { replicas, selector: {}, template: template(image) },
    status: { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  };
}

const plan = (d: Deployment, sets: ReplicaSet[], more: Partial<Observed> = {}) =>
  planDeployment({ deployment: d, sets, hasPods: () => false, now: NOW, ...more });

const sizes = (made: Plan) => Object.fromEntries(made.update.map((s) => [s.metadata?.name, s.spec?.replicas]));
const reasonOf = (made: Plan, type: string) => made.status?.conditions?.find((c) => c.type === type)?.reason;

describe('steps', () => {
  test('a new deployment gets a replica set of its whole size, and says so', () => {
    const made = plan(deployment(), []);
    expect(made.create?.spec?.replicas).toBe(4);
    const hash = templateHash(template('v1'), undefined);
    expect(made.create?.metadata?.name).toBe(`web-${hash}`);
    expect(made.create?.spec?.selector?.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash });
    expect(made.events.map((e) => e.message)).toEqual([`Scaled up replica set web-${hash} from 0 to 4`]);
    expect(made.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
    expect(reasonOf(made, 'Progressing')).toBe('NewReplicaSetCreated');
    expect(reasonOf(made, 'Available')).toBe('MinimumReplicasUnavailable');
  });

  test.each<[string, Partial<NonNullable<Deployment['spec']>>, ReplicaSet[], Record<string, number>]>([
    [
      'an update surges and takes what may be unavailable',
      { template: template('v2') },
      [set('v2', 2, 0), set('v1', 1, 4)],
      { 'web-v2': 1 },
    ],
    ['old pods go when new ones are there', { template: template('v2') }, [set('v2', 2, 1), set('v1', 1, 4)], { 'web-v1': 2 }],
    ['unavailable new pods hold the old ones back', { template: template('v2') }, [set('v2', 2, 2, 0), set('v1', 1, 3)], {}],
    ['old pods that are not available go first', { template: template('v2') }, [set('v2', 2, 2, 1), set('v1', 1, 3, 1)], { 'web-v1': 2 }],
    ['a scaled deployment scales its only set', { replicas: 7 }, [set('v1', 1, 4)], { 'web-v1': 7 }],
    [
      'scaling during a rollout is in proportion',
      { replicas: 8, template: template('v2') },
      [set('v2', 2, 1), set('v1', 1, 4)],
      { 'web-v2': 2, 'web-v1': 7 },
    ],
    ['a paused deployment does not roll out', { paused: true, template: template('v2') }, [set('v1', 1, 4)], {}],
    ['an edited set is corrected', {}, [set('v1', 1, 2)], { 'web-v1': 4 }],
    ['Recreate takes all old pods first', { strategy: { type: 'Recreate' }, template: template('v2') }, [set('v1', 1, 4)], { 'web-v1': 0 }],
  ])('%s', (_, spec, sets, expected) => {
    const made = plan(deployment(spec), sets);
    expect(sizes(made)).toMatchObject(expected);
    for (const s of made.update)
      if (!((s.metadata?.name as string) in expected))
        expect(s.spec?.replicas).toBe(sets.find((o) => o.metadata?.uid === s.metadata?.uid)?.spec?.replicas);
  });

  test('Recreate waits until the last old pod is gone', () => {
    const d = deployment({ strategy: { type: 'Recreate' }, template: template('v2') });
    expect(plan(d, [set('v1', 1, 0)], { hasPods: () => true }).create).toBeUndefined();
    expect(plan(d, [set('v1', 1, 0)]).create?.spec?.replicas).toBe(4);
  });

  test('a rollback takes the old set again, under a new revision', () => {
    const made = plan(deployment(), [set('v1', 1, 0), set('v2', 2, 4)]);
    const back = made.update.find((s) => s.metadata?.name === 'web-v1');
    expect(back?.metadata?.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
    expect(made.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  test('history beyond its limit is removed, the oldest first', () => {
    const d = deployment({ revisionHistoryLimit: 1, template: template('v3') });
    const made = plan(d, [set('v1', 1, 0), set('v2', 2, 0), set('v3', 3, 4)]);
    expect(made.remove.map((s) => s.metadata?.name)).toEqual(['web-v1']);
  });

  test('a rollout that stands still for longer than its deadline has failed', () => {
    const progressing = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: '2026-11-20T12:49:00Z' };
    const d = { ...deployment(), status: { replicas: 4, updatedReplicas: 4, conditions: [progressing] } } as unknown as Deployment;
    expect(reasonOf(plan(d, [set('v1', 1, 4, 0)]), 'Progressing')).toBe('ProgressDeadlineExceeded');
  });
});

/**
 * Plays the replica sets' controllers and the kubelets: some pods, at random, become available. `moody`: some cease to be. `late`: a set does
 * not always get to say how it is.
 */
function play(
  random: Random,
  sets: Map<string, ReplicaSet>,
  available: Map<string, number>,
  { moody, late }: { moody: boolean; late: boolean },
) {
  for (const [name, s] of sets) {
    const replicas = s.spec?.replicas ?? 0;
    const had = Math.min(available.get(name) ?? 0, replicas);
    const breaks = moody && had > 0 && random.next() < 0.2 ? 1 : 0;
    const now = Math.max(0, Math.min(replicas, had + random.int(3) - breaks));
    available.set(name, now);
    if (late && random.next() < 0.5) continue;
    s.status = { replicas, readyReplicas: now, availableReplicas: now, observedGeneration: 1 };
  }
}

describe.each([
  ['pods fail', { moody: true, late: false }],
  ['replica sets are late', { moody: false, late: true }],
])('when %s', (_, mood) => {
  test.each(Array.from({ length: 20 }, (__, seed) => seed))('a rollout keeps its limits and comes to its end (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const replicas = 1 + random.int(20);
    const [maxSurge, maxUnavailable] = [random.int(4), 1 + random.int(4)];
    let d = deployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } as never });
    const sets = new Map<string, ReplicaSet>();
    const available = new Map<string, number>();
    let revision = 0;
    const asked = (s: ReplicaSet) => s.spec?.replicas ?? 0;
    const sum = (count: (s: ReplicaSet, name: string) => number) => [...sets].reduce((total, [name, s]) => total + count(s, name), 0);
    const really = () => sum((s, name) => Math.min(asked(s), available.get(name) ?? 0));
    const born = (s: ReplicaSet) => ({ ...s.metadata, uid: `s${++revision}`, creationTimestamp: `2026-11-20T12:00:0${revision}Z` });
    const step = () => {
      const before = really();
      const made = plan(d, [...sets.values()]);
      if (made.create) sets.set(made.create.metadata?.name ?? '', { ...made.create, metadata: born(made.create) });
      for (const s of made.update) sets.set(s.metadata?.name ?? '', s);
      const metadata = { ...d.metadata, ...(made.annotations && { annotations: made.annotations }) };
      d = { ...d, metadata, ...(made.status && { status: made.status }) };
      expect(sum(asked)).toBeLessThanOrEqual(replicas + maxSurge);
      expect(really()).toBeGreaterThanOrEqual(Math.min(before, replicas - Math.min(maxUnavailable, replicas)));
    };
    const isDone = (image: string) =>
      [...sets.values()].every((s) => {
        const wanted = s.spec?.template?.spec?.containers[0]?.image === image ? replicas : 0;
        return asked(s) === wanted && (s.status?.availableReplicas ?? 0) === wanted;
      });
    const settle = (image: string) => {
      d = { ...d, spec: { ...d.spec, template: template(image) } as never };
      for (let i = 0; i < 400 && !(i > 0 && isDone(image)); i++) {
        step();
        play(random, sets, available, { ...mood, moody: mood.moody && i < 100 });
      }
      expect(isDone(image)).toBe(true);
    };
    for (const image of ['v1', 'v2', 'v3', 'v1']) settle(image);
  });
});
