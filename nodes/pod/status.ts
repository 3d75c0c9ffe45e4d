/** What the API shows of a run: a PodStatus, its fields and conditions as a kubelet writes them. */
import { createHash } from 'node:crypto';
import type { Pod } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { conditionsOf } from './conditions.ts';
import { type ContainerRun, type ContainerState, type Ended, isInitialized, type PodRun } from './run.ts';

export type PodStatus = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];

/** The whole status; it is written with a strategic patch, so that conditions of others stay. */
export function statusOf(pod: Pod, run: PodRun, now: number): PodStatus {
  const status: PodStatus = {
    phase: phaseOf(run),
    conditions: conditionsOf(pod, run, now),
    hostIP: run.hostAddress,
    hostIPs: [{ ip: run.hostAddress }],
    startTime: rfc3339(run.acceptedAt),
    containerStatuses: run.containers.filter((c) => c.role === 'app').map((c) => containerStatusOf(run, pod, c)),
  };
  if (pod.metadata?.generation !== undefined) status.observedGeneration = pod.metadata.generation;
  if (run.address) {
    status.podIP = run.address;
    status.podIPs = [{ ip: run.address }];
  }
  const init = run.containers.filter((c) => c.role !== 'app');
  if (init.length > 0) status.initContainerStatuses = init.map((c) => containerStatusOf(run, pod, c));
  if (run.finish?.reason) status.reason = run.finish.reason;
  if (run.finish?.message) status.message = run.finish.message;
  return status;
}

/** kubelet's getPhase: Pending until every container has started once. */
export function phaseOf(run: PodRun): string {
  if (run.finish) return run.finish.phase;
  const started = run.containers.every((c) => (c.role === 'app' ? c.state.is !== 'waiting' || c.last !== undefined : isInitialized(c)));
  return started ? 'Running' : 'Pending';
}

export function isReady({ role, state }: ContainerRun): boolean {
  return role === 'init' ? state.is === 'terminated' && state.exitCode === 0 : state.is === 'running';
}

function containerStatusOf(run: PodRun, pod: Pod, container: ContainerRun): ContainerStatus {
  const { spec, state, last } = container;
  const begun = state.is !== 'waiting' || last !== undefined;
  const status: ContainerStatus = {
    name: spec.name,
    state: stateOf(run, pod, container, state),
    lastState: last ? { terminated: terminatedOf(run, container, last) } : {},
    ready: isReady(container),
    started: state.is === 'running',
    restartCount: container.restarts,
    image: spec.image ?? '',
    imageID: begun ? imageIdOf(spec.image ?? '') : '',
  };
  const attempt = state.is === 'waiting' && last ? last.attempt : container.restarts;
  if (begun) status.containerID = containerIdOf(run, spec.name, attempt);
  return status;
}

function stateOf(run: PodRun, pod: Pod, container: ContainerRun, state: ContainerState): ContainerStatus['state'] {
  if (state.is === 'running') return { running: { startedAt: rfc3339(state.startedAt) } };
  if (state.is === 'terminated') return { terminated: terminatedOf(run, container, state) };
  if (state.reason !== 'CrashLoopBackOff') return { waiting: { reason: state.reason } };
  return { waiting: { reason: state.reason, message: backOffMessage(pod, container.spec.name, state.pause) } };
}

export function backOffMessage(pod: Pod, container: string, pause: number): string {
  const { name, namespace, uid } = pod.metadata ?? {};
  return `back-off ${goDuration(pause)} restarting failed container=${container} pod=${name}_${namespace}(${uid})`;
}

/** `10s`, `2m40s`, `5m0s`: as Go prints a duration of whole seconds. */
function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function terminatedOf(run: PodRun, container: ContainerRun, ended: Ended) {
  return {
    exitCode: ended.exitCode,
    reason: ended.reason,
    startedAt: rfc3339(ended.startedAt),
    finishedAt: rfc3339(ended.finishedAt),
    containerID: containerIdOf(run, container.spec.name, ended.attempt),
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Follows from what it identifies, so that it is the same after the process was started again. */
function containerIdOf(run: PodRun, container: string, attempt: number): string {
  return `simulated://${sha256(`${run.uid}/${container}/${attempt}`)}`;
}

function imageIdOf(image: string): string {
  const name = image.replace(/@sha256:.*$/, '').replace(/:[^/:]*$/, '');
  const digest = image.includes('@sha256:') ? image.slice(image.indexOf('@sha256:') + 8) : sha256(image);
  return `${name}@sha256:${digest}`;
}
