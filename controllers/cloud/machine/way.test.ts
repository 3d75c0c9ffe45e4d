import { expect, test } from 'vitest';
import { MACHINE_FINALIZER, type Machine, type MachineClass, type MachineStatus } from '../../../client/cloud.ts';
import type { Node, Pod } from '../../../client/resources.ts';
import { type Random, seededRandom } from '../../../types/part/random.ts';
import type { Observed, Plan } from './plan.ts';
import { planMachine } from './way.ts';

const cls = (provisioning: MachineClass['spec']['provisioning'] = { delay: '1s' }): MachineClass => ({
  spec: { capacity: { cpu: '2', memory: '8Gi' }, provisioning, deprovisioning: { delay: '1s' } },
});
const machine = (status: MachineStatus = {}, leaving = false): Machine => ({
  metadata: { name: 'm1', uid: 'u1', finalizers: [MACHINE_FINALIZER], ...(leaving && { deletionTimestamp: 'now' }) },
  spec: { className: 'small', zone: 'eu-north-1a', providerID: 'kumulus:///eu-north-1a/m1', deletion: { nodeDrainTimeoutSeconds: 60 } },
  status,
});
const node = (ready = 'True'): Node => ({
  metadata: { name: 'm1', uid: 'n1' },
  status: {
    conditions: [{ type: 'Ready', status: ready, reason: 'KubeletReady' }],
    addresses: [{ type: 'InternalIP', address: '127.17.0.1' }],
  },
});
const pod = (name: string, meta: Pod['metadata'] = {}): Pod => ({ metadata: { name, namespace: 'default', uid: name, ...meta } });
const always = (value: number): Random => ({ ...seededRandom(1), next: () => value });

function plan(observed: Partial<Observed>): Plan {
  return planMachine({ machine: machine(), class: cls(), node: undefined, pods: [], now: 0, random: always(0.5), ...observed });
}
const done = (p: Plan) => p.actions.filter((a) => a.do !== 'tell').map((a) => ('pod' in a ? `${a.do} ${a.pod.metadata?.name}` : a.do));
const condition = (p: Plan, type: string) => {
  const found = p.status.conditions?.find((c) => c.type === type);
  return found && `${found.status} ${found.reason}`;
};

test('a machine made by hand gets its finalizer before anything else', () => {
  const bare = machine();
  bare.metadata = { name: 'm1' };
  expect(done(plan({ machine: bare }))).toEqual(['protect']);
});

test('provisioning takes its time, shown as a step', () => {
  const first = plan({});
  expect(first.status).toMatchObject({
    phase: 'Provisioning',
    attempts: 1,
    step: { name: 'Provision', until: '1970-01-01T00:00:01.000000Z' },
  });
  expect(first.after).toBe(1000);
  // Whoever looks in between, a new process for one, waits for the same moment.
  const between = plan({ machine: machine(first.status), now: 400 });
  expect([between.after, between.status]).toEqual([600, first.status]);
  const last = plan({ machine: machine(first.status), now: 1000 });
  expect(last.status).toMatchObject({ phase: 'Provisioned', step: undefined });
  expect(condition(last, 'Provisioned')).toBe('True Provisioned');
});

test('a failed attempt is made again after a backoff that doubles', () => {
  const failing = cls({ delay: '0s', failureProbability: 1 });
  let p = plan({ class: failing });
  expect(p.status).toMatchObject({ attempts: 1, step: { name: 'Backoff' }, failureReason: 'ProvisioningFailed' });
  expect(p.after).toBe(500);
  p = plan({ class: failing, machine: machine(p.status), now: 500 });
  expect([p.status.attempts, p.after]).toEqual([2, 1000]);
  const healed = plan({ class: cls({ delay: '0s' }), machine: machine(p.status), now: 2000 });
  expect(healed.status).toMatchObject({ phase: 'Provisioned', attempts: 3, failureReason: undefined });
});

test('after the last attempt it is Failed and stays so', () => {
  const failing = cls({ delay: '0s', failureProbability: 1, maxAttempts: 1 });
  const p = plan({ class: failing });
  expect(p.status).toMatchObject({ phase: 'Failed', failureReason: 'AttemptsExhausted' });
  expect(plan({ class: failing, machine: machine(p.status), now: 9_000_000 }).status).toEqual(p.status);
});

test.each([
  ['no such class', undefined, { phase: 'Pending', failureReason: 'ClassNotFound' }],
  [
    'a runtime that is not there',
    { spec: { capacity: {}, runtime: 'docker' as const } },
    { phase: 'Failed', failureReason: 'RuntimeNotSupported' },
  ],
])('%s is said, and waited for', (_, wrong, status) => {
  const p = plan({ class: wrong });
  expect(p.status).toMatchObject(status);
  expect(plan({ machine: machine(p.status), class: cls() }).status).toMatchObject({ phase: 'Provisioning' });
});

test('its node makes it Running, and is shown', () => {
  const p = plan({ machine: machine({ phase: 'Provisioned' }), node: node() });
  expect(p.status).toMatchObject({ phase: 'Running', nodeRef: { name: 'm1', uid: 'n1' }, addresses: [{ address: '127.17.0.1' }] });
  expect(condition(p, 'NodeReady')).toBe('True KubeletReady');
  expect(condition(plan({ machine: machine(p.status), node: node('Unknown') }), 'NodeReady')).toBe('Unknown KubeletReady');
});

test('a machine whose node was deleted is given up', () => {
  expect(done(plan({ machine: machine({ phase: 'Running' }) }))).toEqual(['giveUp']);
});

const running: MachineStatus = { phase: 'Running' };
const draining = (until: number): MachineStatus => ({ phase: 'Draining', step: { name: 'Drain', until: new Date(until).toISOString() } });
const daemon = pod('ds', { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd', controller: true }] });

test.each<[string, Partial<Observed>, string[], Partial<MachineStatus>, string]>([
  [
    'pods are evicted first',
    { machine: machine(running, true), pods: [pod('a'), pod('b')] },
    ['cordon', 'evict a', 'evict b'],
    { phase: 'Draining' },
    'False Draining',
  ],
  [
    'those on their way are waited for',
    { machine: machine(draining(60_000), true), pods: [pod('a', { deletionTimestamp: 'now' })] },
    ['cordon'],
    { phase: 'Draining' },
    'False Draining',
  ],
  [
    'then the node goes, with the pods of DaemonSets',
    { machine: machine(draining(60_000), true), pods: [daemon] },
    ['deleteNode', 'kill ds'],
    { phase: 'Deleting' },
    'True Drained',
  ],
  [
    'a drain that takes too long is given up',
    { machine: machine(draining(0), true), pods: [pod('a')] },
    ['deleteNode', 'kill a'],
    { phase: 'Deleting' },
    'False DrainTimedOut',
  ],
  [
    'where no kubelet answers, nobody waits',
    { machine: machine(draining(60_000), true), node: node('Unknown'), pods: [pod('a', { deletionTimestamp: 'now' })] },
    ['deleteNode', 'kill a'],
    { phase: 'Deleting' },
    'True Drained',
  ],
])('%s', (_, observed, actions, status, drained) => {
  const p = plan({ node: node(), ...observed });
  expect(done(p)).toEqual(actions);
  expect(p.status).toMatchObject(status);
  expect(condition(p, 'Drained')).toBe(drained);
});

test('without a node it is given back at once, after the time that takes', () => {
  const p = plan({ machine: machine(running, true), pods: [pod('a')] });
  expect([p.status.phase, p.after, done(p)]).toEqual(['Deleting', 1000, ['kill a']]);
  expect(done(plan({ machine: machine(p.status, true), now: 1000 }))).toEqual(['release']);
});
