/** The Node that a simulated machine registers as, and the status that it keeps. */
import { MACHINE_LABEL, type Machine, type MachineClass, POOL_LABEL } from '../../client/cloud.ts';
import type { Node } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { addQuantities, compareQuantities, subtractQuantities } from '../../types/quantity.ts';
import { internalAddressOf, PLAIN, REGION, ZONE } from './host.ts';

type NodeStatus = NonNullable<Node['status']>;
type NodeCondition = NonNullable<NodeStatus['conditions']>[number];
type List = Record<string, string>;

/** The kubelet's version that nodes report: the release whose behaviour is simulated. */
const KUBELET_VERSION = 'v1.36.2';

export function nodeOf(machine: Machine, cls: MachineClass, address: string, now: number): Node {
  const name = machine.metadata?.name ?? '';
  const { spec } = machine;
  const taints = [...(cls.spec.taints ?? []), ...(spec.taints ?? [])];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: labelsOf(machine, cls),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true', ...spec.annotations },
      ownerReferences: [
        { apiVersion: 'cloud.kumulus.dev/v1alpha1', kind: 'Machine', name, uid: machine.metadata?.uid ?? '', blockOwnerDeletion: false },
      ],
    },
    spec: { providerID: providerIdOf(machine), ...(taints.length > 0 ? { taints } : {}) },
    status: {
      ...capacityOf(cls),
      conditions: conditionsOf(undefined, now),
      addresses: addressesOf(name, address),
      nodeInfo: nodeInfoOf(machine.metadata?.uid ?? '', cls),
    },
  };
}

export function providerIdOf(machine: Machine): string {
  return machine.spec.providerID || `kumulus:///${machine.spec.zone ?? ''}/${machine.metadata?.name}`;
}

function labelsOf(machine: Machine, cls: MachineClass): Record<string, string> {
  const { spec, metadata } = machine;
  const os = cls.spec.operatingSystem ?? 'linux';
  const arch = cls.spec.architecture ?? 'amd64';
  const labels: Record<string, string> = {
    'kubernetes.io/hostname': metadata?.name ?? '',
    'kubernetes.io/os': os,
    'kubernetes.io/arch': arch,
    'node.kubernetes.io/instance-type': spec.className,
    [MACHINE_LABEL]: metadata?.name ?? '',
  };
  if (spec.region) labels[REGION] = spec.region;
  if (spec.zone) labels[ZONE] = spec.zone;
  if (spec.poolRef) labels[POOL_LABEL] = spec.poolRef.name;
  return { ...labels, ...cls.spec.labels, ...spec.labels };
}

/** Allocatable is the capacity less what the class keeps for the machine itself. */
export function capacityOf(cls: MachineClass): { capacity: List; allocatable: List } {
  const all = { pods: '110', ...cls.spec.capacity, ...cls.spec.extendedResources };
  const capacity = Object.fromEntries(Object.entries(all).map(([name, amount]) => [name, addQuantities(amount, '0')]));
  const allocatable = { ...capacity };
  for (const [name, amount] of Object.entries(cls.spec.reserved ?? {})) {
    const whole = capacity[name];
    if (whole !== undefined) allocatable[name] = compareQuantities(amount, whole) > 0 ? '0' : subtractQuantities(whole, amount);
  }
  return { capacity, allocatable };
}

export function addressesOf(name: string, address: string): NodeStatus['addresses'] {
  return [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
}

function nodeInfoOf(uid: string, cls: MachineClass): NodeStatus['nodeInfo'] {
  return {
    architecture: cls.spec.architecture ?? 'amd64',
    bootID: uid,
    containerRuntimeVersion: 'simulated://0.1.0',
    kernelVersion: '6.12.0-simulated',
    kubeProxyVersion: '',
    kubeletVersion: KUBELET_VERSION,
    machineID: uid.replaceAll('-', ''),
    operatingSystem: cls.spec.operatingSystem ?? 'linux',
    osImage: 'Kumulus (simulated)',
    systemUUID: uid,
  };
}

const HEALTHY: [type: string, status: string, reason: string, message: string][] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

/** A healthy node's conditions; what did not change keeps its lastTransitionTime. */
export function conditionsOf(node: Node | undefined, now: number): NodeCondition[] {
  const time = rfc3339(now);
  return HEALTHY.map(([type, status, reason, message]) => {
    const before = node?.status?.conditions?.find((c) => c.type === type);
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? time) : time;
    return { type, status, lastHeartbeatTime: time, lastTransitionTime, reason, message };
  });
}

/** True when the API does not show the node as healthy, or not where it is. */
export function needsReport(node: Node): boolean {
  const shown = (type: string) => node.status?.conditions?.find((c) => c.type === type)?.status;
  return HEALTHY.some(([type, status]) => shown(type) !== status) || internalAddressOf(node) === undefined;
}

/** The status to write. A plain node keeps what it states; what it lacks is filled in. */
export function reportOf(node: Node, address: string, now: number): NodeStatus {
  const status: NodeStatus = { conditions: conditionsOf(node, now), addresses: addressesOf(node.metadata?.name ?? '', address) };
  if (!node.status?.capacity) status.capacity = PLAIN;
  if (!node.status?.allocatable) status.allocatable = node.status?.capacity ?? PLAIN;
  if (!node.status?.nodeInfo?.kubeletVersion) {
    status.nodeInfo = nodeInfoOf(node.metadata?.uid ?? '', {
      spec: { capacity: {}, architecture: node.metadata?.labels?.['kubernetes.io/arch'] },
    });
  }
  return status;
}
