/** A pod as its machine runs it: what `advance` moves forward and `statusOf` shows. Times are the clock's milliseconds. */
import type { Pod } from '../../client/resources.ts';

export type PodSpec = NonNullable<Pod['spec']>;
export type Container = PodSpec['containers'][number];
export type Role = 'init' | 'sidecar' | 'app';

export interface Ended {
  exitCode: number;
  /** `Completed`, `Error`, or what ended it. */
  reason: string;
  startedAt: number;
  finishedAt: number;
  /** The start that ended: 0 for the first. */
  attempt: number;
}

export type ContainerState =
  | { is: 'waiting'; reason: 'PodInitializing' | 'ContainerCreating' }
  | { is: 'waiting'; reason: 'CrashLoopBackOff'; until: number; pause: number }
  | { is: 'running'; startedAt: number; exitsAt: number; exitCode: number }
  | ({ is: 'terminated' } & Ended);

export interface ContainerRun {
  spec: Container;
  role: Role;
  state: ContainerState;
  restarts: number;
  /** Failures in a row, which decide the pause before the next start. */
  failures: number;
  last: Ended | undefined;
}

/** `Ready: False since 12:00, for ContainersNotReady`. */
export interface ConditionState {
  status: 'True' | 'False';
  since: number;
  reason?: string;
  message?: string;
}

export interface Finish {
  phase: 'Succeeded' | 'Failed';
  reason?: string;
  message?: string;
}

export interface PodRun {
  uid: string;
  spec: PodSpec;
  /** When its machine took it on. */
  acceptedAt: number;
  /** When its sandbox (network, volumes) stands, and whether it does. */
  sandboxAt: number;
  sandbox: boolean;
  hostAddress: string;
  /** Set when the sandbox stands. */
  address: string | undefined;
  /** Init containers and sidecars in their order, then the others. */
  containers: ContainerRun[];
  /** When its containers end because the pod was asked to stop. */
  stopAt: number | undefined;
  stopped: boolean;
  finish: Finish | undefined;
  conditions: Map<string, ConditionState>;
}

export function roleOf(container: Container, init: boolean): Role {
  if (!init) return 'app';
  return container.restartPolicy === 'Always' ? 'sidecar' : 'init';
}

export function createRun(pod: Pod, hostAddress: string, now: number, startDelay: number): PodRun {
  const spec = pod.spec as PodSpec;
  const created = (init: boolean) => (container: Container) =>
    createContainer(container, roleOf(container, init), Boolean(spec.initContainers));
  return {
    uid: pod.metadata?.uid ?? '',
    spec,
    acceptedAt: now,
    sandboxAt: now + startDelay,
    sandbox: false,
    hostAddress,
    address: undefined,
    containers: [...(spec.initContainers ?? []).map(created(true)), ...spec.containers.map(created(false))],
    stopAt: undefined,
    stopped: false,
    finish: undefined,
    conditions: new Map(),
  };
}

function createContainer(spec: Container, role: Role, afterOthers: boolean): ContainerRun {
  const reason = afterOthers ? 'PodInitializing' : 'ContainerCreating';
  return { spec, role, state: { is: 'waiting', reason }, restarts: 0, failures: 0, last: undefined };
}

export const isRunning = (container: ContainerRun) => container.state.is === 'running';
/** A container that has done its part in letting the next ones start: an init container ended well, a sidecar was started once. */
export const isInitialized = ({ role, state, last }: ContainerRun) =>
  role === 'sidecar' ? state.is !== 'waiting' || last !== undefined : state.is === 'terminated' && state.exitCode === 0;
export const allInitialized = (run: PodRun) => run.containers.every((c) => c.role === 'app' || isInitialized(c));
