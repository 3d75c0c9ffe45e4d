import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyObject } from '../../types/wire.ts';
import { readConfiguration } from '../config/configuration.ts';
import { aNode, aPod } from '../testing/build.ts';
import { InputError } from './input-error.ts';
import type { MachineOrder } from './machines/plan.ts';
import { checkObjects, readObjects } from './read-objects.ts';
import { answerQuestion, type ProfilesFor, type Question } from './request.ts';

const profiles: ProfilesFor = (random) => readConfiguration({}, random).profiles;
const node = (...args: Parameters<typeof aNode>) => ({ apiVersion: 'v1', kind: 'Node', ...aNode(...args) }) as unknown as AnyObject;
const pod = (...args: Parameters<typeof aPod>) => ({ apiVersion: 'v1', kind: 'Pod', ...aPod(...args) }) as unknown as AnyObject;

function workload(kind: string, name: string, replicas: number, cpu: string, spec: object = {}): AnyObject {
  const labels = { app: name };
  const container = { name: 'main', image: 'app', resources: { requests: { cpu } } };
  const template = { metadata: { labels }, spec: { containers: [container], ...spec } };
  const count = kind === 'Job' ? { parallelism: replicas } : { replicas };
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { ...count, selector: { matchLabels: labels }, template } };
}

const machineClass = (name: string, cpu: string, pricePerHour: string) =>
  ({
    apiVersion: 'cloud.kumulus.dev/v1alpha1',
    kind: 'MachineClass',
    metadata: { name },
    spec: { capacity: { cpu, memory: '64Gi' }, pricePerHour },
  }) as AnyObject;

const ask = (question: Partial<Question>) =>
  answerQuestion({ state: [], expandState: true, place: [], loseNodes: [], fit: [], profiles, ...question });
const nodesOf = (question: Partial<Question>) => ask(question).simulation.placed.map(({ node: name }) => name);

describe('simulating', () => {
  it.each(['Deployment', 'ReplicaSet', 'StatefulSet', 'Job'])('makes the pods of a %s', (kind) => {
    const { placed, refused } = ask({ state: [node('a')], place: [workload(kind, 'web', 5, '1')] }).simulation;
    expect([placed.length, refused.length]).toEqual([4, 1]);
    expect(refused[0]?.message).toContain('0/1 nodes are available: 1 Insufficient cpu.');
  });

  it('gives a DaemonSet one pod on every node that takes it', () => {
    const state = [node('a'), node('b'), node('c', { taints: [{ key: 'k', effect: 'NoSchedule' }] })];
    expect(nodesOf({ state, place: [workload('DaemonSet', 'agent', 1, '1')] }).sort()).toEqual(['a', 'b']);
  });

  it('adds only what a state with its own pods lacks', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u', controller: true };
    const there = pod('db-0', { spec: { nodeName: 'a' } });
    there.metadata = { ...there.metadata, ownerReferences: [owner] };
    const { placed } = ask({ state: [node('a'), there, workload('StatefulSet', 'db', 3, '1')] }).simulation;
    expect(placed.map((p) => p.pod)).toEqual(['default/db-1', 'default/db-2']);
  });

  it('loses nodes: what a controller makes again goes elsewhere, the rest is gone', () => {
    const owned = pod('owned', { requests: { cpu: '1' }, spec: { nodeName: 'a' } });
    owned.metadata = {
      ...owned.metadata,
      ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicaSet', name: 'r', uid: 'u', controller: true }],
    };
    const { lost, placed } = ask({
      state: [node('a'), node('b'), owned, pod('bare', { spec: { nodeName: 'a' } })],
      loseNodes: ['a'],
    }).simulation;
    expect(lost).toEqual([{ node: 'a', again: ['default/owned'], gone: ['default/bare'] }]);
    expect(placed).toEqual([{ pod: 'default/owned', node: 'b' }]);
  });

  it('preempts as the scheduler does', () => {
    const low = pod('low', { requests: { cpu: '4' }, spec: { nodeName: 'a' } });
    const { preempted, placed } = ask({
      state: [node('a'), low],
      place: [pod('high', { requests: { cpu: '4' }, spec: { priority: 5 } })],
    }).simulation;
    expect(preempted).toEqual([{ pod: 'default/low', by: 'default/high' }]);
    expect(placed).toEqual([{ pod: 'default/high', node: 'a' }]);
  });

  it('counts how many more fit', () => {
    const { fit } = ask({ state: [node('a'), node('b')], fit: [pod('p', { requests: { cpu: '1500m' } })] }).simulation;
    expect(fit).toMatchObject({ copies: 4, podsPerCopy: 1, byNode: { a: 2, b: 2 }, limit: '0/2 nodes are available: 2 Insufficient cpu.' });
  });

  it('compares two configurations on the same pods', () => {
    const packing: ProfilesFor = (random) => {
      const args = { scoringStrategy: { type: 'MostAllocated' } };
      const score = { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit' }] };
      return readConfiguration({ profiles: [{ plugins: { score }, pluginConfig: [{ name: 'NodeResourcesFit', args }] }] }, random).profiles;
    };
    const state = [node('a'), node('b'), node('c')];
    const { simulation, comparison } = ask({ state, place: [workload('Deployment', 'web', 3, '1')], compare: packing });
    expect([simulation.after.nodesUsed, comparison?.after.nodesUsed]).toEqual([3, 1]);
  });

  it('changes nothing that it was given, and answers the same again', () => {
    const question = { state: [node('a'), node('b')], place: [workload('Deployment', 'web', 6, '1')] };
    const before = JSON.stringify(question);
    const first = ask(question);
    expect(ask(question)).toEqual(first);
    expect(JSON.stringify(question)).toBe(before);
  });
});

describe('machines', () => {
  const classes = [machineClass('small', '2', '0.1'), machineClass('large', '16', '0.7')];
  const plan = (place: AnyObject[], order: Partial<MachineOrder>) =>
    ask({ state: classes, place, machines: { objective: 'cheapest', classes: ['small', 'large'], zones: [], ...order } }).machines;

  it('finds the cheapest and the fewest', () => {
    const place = [workload('Deployment', 'web', 10, '1')];
    expect(plan(place, {})).toMatchObject({ machines: { small: 5 }, perHour: 0.5, optimal: true });
    expect(plan(place, { objective: 'fewest' })).toMatchObject({ count: 1, machines: { large: 1 }, optimal: true });
  });

  it('leaves room for daemons', () => {
    const place = [workload('Deployment', 'web', 10, '1'), workload('DaemonSet', 'agent', 1, '500m')];
    expect(plan(place, { classes: ['small'] })).toMatchObject({ machines: { small: 10 }, optimal: true });
  });

  it('adds machines where affinity asks for them, and says what nothing takes', () => {
    const apart = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
        ],
      },
    };
    const place = [workload('Deployment', 'web', 4, '1', { affinity: apart }), pod('huge', { requests: { cpu: '32' } })];
    expect(plan(place, {})).toMatchObject({ count: 4, refused: [{ pod: 'default/huge' }], optimal: false });
  });
});

describe('input', () => {
  const anything = fc.anything({ withNullPrototype: false, maxDepth: 4 });
  const specLike = fc.record(
    {
      containers: fc.oneof(anything, fc.constant([{ name: 'a', image: 'b' }])),
      tolerations: anything,
      affinity: anything,
      topologySpreadConstraints: anything,
      nodeSelector: anything,
      volumes: anything,
      priority: anything,
      initContainers: anything,
      overhead: anything,
    },
    { requiredKeys: ['containers'] },
  );
  const objectLike = fc.oneof(
    anything,
    fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constantFrom('Pod', 'Node', 'List', 'Service'),
      metadata: fc.constant({ name: 'x' }),
      spec: specLike,
      status: anything,
      items: anything,
    }),
    fc.record({
      apiVersion: fc.constant('apps/v1'),
      kind: fc.constantFrom('Deployment', 'DaemonSet', 'StatefulSet'),
      metadata: fc.oneof(anything, fc.constant({ name: 'x' })),
      spec: fc.record({ replicas: anything, selector: anything, template: fc.record({ metadata: anything, spec: specLike }) }),
    }),
  );

  it('is used or refused with a sentence, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(objectLike, { maxLength: 3 }), (objects) => {
        try {
          ask({ state: [node('a')], place: checkObjects(JSON.parse(JSON.stringify(objects)), 'input') });
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('may be any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await readObjects(text, 'input').catch((error: unknown) => {
          if (!(error instanceof InputError)) throw error;
        });
      }),
    );
  });

  it('may be several documents, lists and nulls', async () => {
    const text =
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a, labels: null}, spec: {containers: []}}\n---\n---\n{"apiVersion": "x/v1", "kind": "Odd", "metadata": {"name": "o"}}';
    expect((await readObjects(text, 'input')).map((object) => object.metadata)).toEqual([{ name: 'a' }, { name: 'o' }]);
  });
});
