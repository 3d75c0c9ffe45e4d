/** The resources of cloud.kumulus.dev (crds/), as its controllers and the simulated kubelet work with them. */
import type { KubeObject } from '../types/wire.ts';
import { resource } from './resource.ts';

export interface Taint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** Go durations: `50ms`, `1m30s`. */
export interface Delay {
  delay?: string;
  /** At most so much more. */
  jitter?: string;
}

export interface MachineClass extends KubeObject {
  spec: {
    /** cpu, memory, pods, ephemeral-storage. */
    capacity: Record<string, string | number>;
    extendedResources?: Record<string, string | number>;
    reserved?: Record<string, string | number>;
    architecture?: string;
    operatingSystem?: string;
    runtime?: 'simulated' | 'docker';
    labels?: Record<string, string>;
    taints?: Taint[];
    pricePerHour?: string;
    currency?: string;
    provisioning?: Delay & { failureProbability?: number; maxAttempts?: number };
    startup?: Delay;
    deprovisioning?: Delay;
  };
}

export type MachinePhase = 'Pending' | 'Provisioning' | 'Provisioned' | 'Running' | 'Draining' | 'Deleting' | 'Failed';

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  lastTransitionTime: string;
  reason: string;
  message: string;
  observedGeneration?: number;
}

/** What a machine is in the middle of, until when (RFC 3339 with fractions). */
export interface MachineStep {
  name: 'Provision' | 'Backoff' | 'Drain' | 'Deprovision';
  until: string;
}

export interface MachineStatus {
  phase?: MachinePhase;
  observedGeneration?: number;
  attempts?: number;
  step?: MachineStep;
  nodeRef?: { name: string; uid?: string };
  addresses?: { type: string; address: string }[];
  failureReason?: string;
  failureMessage?: string;
  conditions?: Condition[];
}

export interface Machine extends KubeObject {
  spec: {
    className: string;
    region?: string;
    zone?: string;
    poolRef?: { name: string };
    providerID?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    taints?: Taint[];
    deletion?: { nodeDrainTimeoutSeconds?: number };
  };
  status?: MachineStatus;
}

export interface MachinePool extends KubeObject {
  spec: {
    replicas?: number;
    className: string;
    region?: string;
    zones?: string[];
    template?: { labels?: Record<string, string>; annotations?: Record<string, string>; taints?: Taint[] };
    nodeDrainTimeoutSeconds?: number;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    readyReplicas?: number;
    selector?: string;
    conditions?: Condition[];
  };
}

const API_VERSION = 'cloud.kumulus.dev/v1alpha1';
export const machines = resource<Machine>(API_VERSION, 'Machine', 'machines', false);
export const machineClasses = resource<MachineClass>(API_VERSION, 'MachineClass', 'machineclasses', false);
export const machinePools = resource<MachinePool>(API_VERSION, 'MachinePool', 'machinepools', false);

/** On machines and their nodes: the pool that they belong to. */
export const POOL_LABEL = 'cloud.kumulus.dev/pool';
/** On nodes: the machine, of the same name, that the node runs on. A plain Node without it is none of the cloud's. */
export const MACHINE_LABEL = 'cloud.kumulus.dev/machine';
/** Holds a deleted Machine until it is drained and given back. */
export const MACHINE_FINALIZER = 'cloud.kumulus.dev/machine';
