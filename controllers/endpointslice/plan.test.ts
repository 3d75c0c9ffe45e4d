import { expect, test } from 'vitest';
import type { EndpointSlice, Node, Pod, Service } from '../../client/resources.ts';
import { planSlices } from './plan.ts';

const service = (spec: object = {}): Service =>
  ({
    metadata: { name: 's', namespace: 'default', uid: 's', labels: { team: 'q' } },
    spec: { clusterIP: '127.16.0.5', ipFamilies: ['IPv4'], selector: { app: 'x' }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
  }) as Service;

function pod(i: number, { ready = true, deleting = false, node = 'n1', ports = [] as object[] } = {}): Pod {
  return {
    metadata: { name: `p${i}`, namespace: 'default', uid: `u${i}`, ...(deleting && { deletionTimestamp: '2026-11-20T13:00:00Z' }) },
    spec: { nodeName: node, containers: [{ name: 'c', ports }] },
    status: { phase: 'Running', podIP: `10.0.${i >> 8}.${i & 255}`, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  } as unknown as Pod;
}

const home = { metadata: { labels: { 'topology.kubernetes.io/zone': 'z1' } } } as unknown as Node;
const plan = (s: Service, pods: Pod[], slices: EndpointSlice[] = [], limit = 100) =>
  planSlices({ service: s, pods, slices, limit, node: (name) => (name === 'n1' ? home : undefined) });

/** What stands after a plan was carried out. */
function after(before: EndpointSlice[], made: ReturnType<typeof plan>): EndpointSlice[] {
  const gone = new Set(made.remove.map((slice) => slice.metadata?.name));
  const changed = new Map(made.update.map((slice) => [slice.metadata?.name, slice]));
  const kept = before.filter((slice) => !gone.has(slice.metadata?.name)).map((slice) => changed.get(slice.metadata?.name) ?? slice);
  return [...kept, ...made.create.map((slice, i) => ({ ...slice, metadata: { ...slice.metadata, name: `new-${before.length + i}` } }))];
}

const writes = ({ create, update, remove }: ReturnType<typeof plan>) => [create.length, update.length, remove.length];

test('a service without pods has an empty slice', () => {
  const made = plan(service(), []);
  expect(made.create).toMatchObject([{ addressType: 'IPv4', ports: [], endpoints: [] }]);
  expect(made.create[0]?.metadata?.labels).toEqual({
    team: 'q',
    'kubernetes.io/service-name': 's',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  });
  expect(writes(plan(service(), [], after([], made)))).toEqual([0, 0, 0]);
});

test('the empty slice is used for the first pod', () => {
  const empty = after([], plan(service(), []));
  const made = plan(service(), [pod(1)], empty);
  expect(writes(made)).toEqual([0, 1, 0]);
  expect(made.update[0]).toMatchObject({ ports: [{ name: '', port: 8080, protocol: 'TCP' }] });
});

test.each<[string, Parameters<typeof pod>[1], object, object]>([
  ['ready', {}, {}, { ready: true, serving: true, terminating: false }],
  ['not ready', { ready: false }, {}, { ready: false, serving: false, terminating: false }],
  ['terminating but serving', { deleting: true }, {}, { ready: false, serving: true, terminating: true }],
  ['published though not ready', { ready: false }, { publishNotReadyAddresses: true }, { ready: true, serving: false, terminating: false }],
])('a pod that is %s', (_, told, spec, conditions) => {
  const endpoint = plan(service(spec), [pod(1, told)]).create[0]?.endpoints?.[0];
  expect(endpoint).toMatchObject({
    addresses: ['10.0.0.1'],
    conditions,
    nodeName: 'n1',
    zone: 'z1',
    targetRef: { kind: 'Pod', name: 'p1' },
  });
});

test('250 pods are in three slices, and one that goes rewrites one', () => {
  const pods = Array.from({ length: 250 }, (_, i) => pod(i));
  const slices = after([], plan(service(), pods));
  expect(slices.map((slice) => slice.endpoints?.length)).toEqual([100, 100, 50]);
  expect(writes(plan(service(), pods, slices))).toEqual([0, 0, 0]);
  const made = plan(service(), pods.slice(1), slices);
  expect(writes(made)).toEqual([0, 1, 0]);
  expect(made.update[0]?.endpoints).toHaveLength(99);
});

test('a new pod goes where there is room', () => {
  const pods = Array.from({ length: 150 }, (_, i) => pod(i));
  const slices = after([], plan(service(), pods));
  const made = plan(service(), [...pods, pod(200)], slices);
  expect(writes(made)).toEqual([0, 1, 0]);
  expect(made.update[0]?.endpoints).toHaveLength(51);
});

test('pods whose named port differs are in slices of their own', () => {
  const named = service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] });
  const pods = [pod(1, { ports: [{ name: 'web', containerPort: 8080 }] }), pod(2, { ports: [{ name: 'web', containerPort: 9090 }] })];
  expect(plan(named, pods).create.map((slice) => slice.ports)).toEqual([
    [{ name: 'http', port: 8080, protocol: 'TCP' }],
    [{ name: 'http', port: 9090, protocol: 'TCP' }],
  ]);
});

test('a changed port changes the slice, which keeps its name', () => {
  const slices = after([], plan(service(), [pod(1)]));
  const made = plan(service({ ports: [{ port: 80, targetPort: 9999 }] }), [pod(1)], slices);
  expect(writes(made)).toEqual([0, 1, 0]);
  expect(made.update[0]).toMatchObject({ metadata: { name: 'new-0' }, ports: [{ port: 9999 }] });
});

test('finished pods and pods of unknown nodes are left out, the latter with a word', () => {
  const done = { ...pod(1), status: { ...pod(1).status, phase: 'Succeeded' } } as Pod;
  const made = plan(service(), [done, pod(2, { node: 'gone' })]);
  expect(made.create[0]?.endpoints).toEqual([]);
  expect(made.skipped).toEqual(['skipping Pod p2 for Service default/s: Node gone Not Found']);
});

test('a headless service says so on its slices', () => {
  const made = plan(service({ clusterIP: 'None' }), [pod(1)]);
  expect(made.create[0]?.metadata?.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
});
