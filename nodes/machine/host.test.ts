import { expect, test } from 'vitest';
import type { Machine, MachineClass, MachinePhase } from '../../client/cloud.ts';
import type { Node } from '../../client/resources.ts';
import { type Decision, decide, type Observed } from './host.ts';
import { capacityOf, needsReport, nodeOf } from './node.ts';

const cls: MachineClass = {
  metadata: { name: 'small' },
  spec: {
    capacity: { cpu: 2, memory: '8Gi', pods: '110' },
    extendedResources: { 'example.com/gpu': '1' },
    reserved: { cpu: '100m', memory: '512Mi' },
    labels: { tier: 'a' },
    taints: [{ key: 'k', effect: 'NoSchedule' }],
  },
};
const machine = (phase: MachinePhase, status: Machine['status'] = {}): Machine => ({
  metadata: { name: 'm1', uid: 'u1' },
  spec: { className: 'small', zone: 'eu-north-1a', region: 'eu-north-1', poolRef: { name: 'workers' }, labels: { purpose: 'x' } },
  status: { phase, ...status },
});
const node: Node = { metadata: { name: 'm1', uid: 'n1' } };

test.each<[string, Partial<Observed>, Decision]>([
  ['a machine that was asked for', { machine: machine('Pending') }, { do: 'stop' }],
  ['a provisioned machine boots', { machine: machine('Provisioned') }, { do: 'boot' }],
  ['a booting machine', { machine: machine('Provisioned'), bootedAt: 150 }, { do: 'wait', ms: 50 }],
  ['a booted machine', { machine: machine('Provisioned'), bootedAt: 100 }, { do: 'register' }],
  ['a registered one that the informer does not show yet', { machine: machine('Provisioned'), hosting: true }, { do: 'keep' }],
  ['a machine with its node', { machine: machine('Running'), node }, { do: 'host' }],
  ['its node was deleted before the cloud saw it', { machine: machine('Provisioned') }, { do: 'boot' }],
  ['its node was deleted', { machine: machine('Running', { nodeRef: { name: 'm1' } }) }, { do: 'stop' }],
  ['a draining machine runs on', { machine: machine('Draining'), node }, { do: 'host' }],
  ['a machine that is given back', { machine: machine('Deleting'), node }, { do: 'stop' }],
  ['a machine that is gone', { node }, { do: 'stop' }],
  ['a plain node that asks for it', { node: { metadata: { name: 'x', annotations: { 'kwok.x-k8s.io/node': 'fake' } } } }, { do: 'host' }],
  ['a machine for Docker', { machine: machine('Provisioned'), class: { spec: { capacity: {}, runtime: 'docker' } } }, { do: 'stop' }],
])('%s', (_, observed, decision) => {
  const nothing = { machine: undefined, class: cls, node: undefined, hosting: false, bootedAt: undefined, now: 100 };
  expect(decide({ ...nothing, ...observed })).toEqual(decision);
});

test('a machine registers with what its class and it itself say', () => {
  const made = nodeOf(machine('Provisioned'), cls, '127.17.0.1', 0);
  expect(made.metadata?.labels).toMatchObject({
    ...{ 'kubernetes.io/hostname': 'm1', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', tier: 'a', purpose: 'x' },
    ...{ 'topology.kubernetes.io/zone': 'eu-north-1a', 'topology.kubernetes.io/region': 'eu-north-1' },
    ...{ 'node.kubernetes.io/instance-type': 'small', 'cloud.kumulus.dev/pool': 'workers' },
  });
  expect(made.spec).toEqual({ providerID: 'kumulus:///eu-north-1a/m1', taints: [{ key: 'k', effect: 'NoSchedule' }] });
  expect(needsReport(made)).toBe(false);
});

test('allocatable is the capacity less what is reserved', () => {
  expect(capacityOf(cls)).toEqual({
    capacity: { cpu: '2', memory: '8Gi', pods: '110', 'example.com/gpu': '1' },
    allocatable: { cpu: '1900m', memory: '7680Mi', pods: '110', 'example.com/gpu': '1' },
  });
});
