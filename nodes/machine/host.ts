/** A node that this process is the kubelet of. */
import type { Machine, MachineClass } from '../../client/cloud.ts';
import type { Node } from '../../client/resources.ts';
import { type Amounts, amountsOf } from './amounts.ts';

export interface Host {
  name: string;
  uid: string;
  /** Its InternalIP. */
  address: string;
  region: string;
  zone: string;
  allocatable: Amounts;
  /** Taken by the pods that it has. */
  used: Amounts;
  /** When its status was last written, in the clock's milliseconds; 0: not by this process. */
  reportedAt: number;
  /** Its lease is thought to be there. */
  leased: boolean;
}

/** By name. Nobody but nodes/machine/ adds or removes. */
export type Hosts = Map<string, Host>;

/** KWOK's own mark: a plain Node that wants a simulated kubelet, without a Machine. */
export const KWOK_ANNOTATION = 'kwok.x-k8s.io/node';
export const ZONE = 'topology.kubernetes.io/zone';
export const REGION = 'topology.kubernetes.io/region';

export const isPlainSimulated = (node: Node) => node.metadata?.annotations?.[KWOK_ANNOTATION] !== undefined;

export function internalAddressOf(node: Node): string | undefined {
  return node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address;
}

/** What a plain node that states no capacity is given: room enough for whatever is tried on it, as KWOK gives. */
export const PLAIN: Record<string, string> = { cpu: '1k', memory: '1Ti', pods: '1M' };

export const allocatableOf = (node: Node): Amounts => amountsOf(node.status?.allocatable ?? node.status?.capacity ?? PLAIN);

/** `reportedAt` 0: it was there before; its lease then probably too, and its status is looked at with the first heartbeat. */
export function hostOf(node: Node, address: string, reportedAt: number): Host {
  const labels = node.metadata?.labels ?? {};
  return {
    name: node.metadata?.name ?? '',
    uid: node.metadata?.uid ?? '',
    address,
    region: labels[REGION] ?? '',
    zone: labels[ZONE] ?? '',
    allocatable: allocatableOf(node),
    used: new Map(),
    reportedAt,
    leased: reportedAt === 0,
  };
}

/** What `decide` looks at. */
export interface Observed {
  machine: Machine | undefined;
  class: MachineClass | undefined;
  node: Node | undefined;
  /** This process is its kubelet now, and knows of no deletion of its node. */
  hosting: boolean;
  /** When the machine has booted, once that was drawn. */
  bootedAt: number | undefined;
  now: number;
}

export type Decision = { do: 'host' | 'keep' | 'stop' | 'boot' | 'register' } | { do: 'wait'; ms: number };

const UP = new Set(['Provisioned', 'Running', 'Draining']);

/**
 * What to do about a machine or plain node. A node that was deleted does not register again by itself, as with a real kubelet: its Machine
 * is then given back, and its pool makes another.
 */
export function decide({ machine, class: cls, node, hosting, bootedAt, now }: Observed): Decision {
  if (node && isPlainSimulated(node)) return { do: 'host' };
  if (!machine || !UP.has(machine.status?.phase ?? '')) return { do: 'stop' };
  if (!cls || (cls.spec.runtime ?? 'simulated') !== 'simulated') return hosting ? { do: 'keep' } : { do: 'stop' };
  if (node) return { do: 'host' };
  if (hosting) return { do: 'keep' };
  if (machine.status?.nodeRef) return { do: 'stop' };
  if (bootedAt === undefined) return { do: 'boot' };
  return now < bootedAt ? { do: 'wait', ms: bootedAt - now } : { do: 'register' };
}
