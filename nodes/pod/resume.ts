/** Takes a pod over from the process that ran it before: its run, as its status in the API tells it. */
import type { Pod } from '../../client/resources.ts';
import { pauseAfter } from './advance.ts';
import type { Behaviour } from './behaviour.ts';
import { type ContainerRun, type ContainerState, createRun, type Ended, type PodRun } from './run.ts';
import type { PodStatus } from './status.ts';

type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];
type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** True when some process has run it before, and it is not over. */
export function isUnderWay(pod: Pod): boolean {
  return Boolean(pod.status?.startTime && pod.status.podIP) && !isOver(pod);
}

export function isOver(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function resume(pod: Pod, hostAddress: string, behaviour: Behaviour, now: number): PodRun {
  const status = pod.status as PodStatus;
  const run = createRun(pod, hostAddress, timeOf(status.startTime) ?? now, 0);
  run.sandbox = true;
  run.address = status.podIP;
  for (const container of run.containers) {
    const among = container.role === 'app' ? status.containerStatuses : status.initContainerStatuses;
    const seen = among?.find((s) => s.name === container.spec.name);
    if (seen) resumeContainer(container, seen, behaviour, now);
  }
  for (const c of status.conditions ?? []) {
    if (c.status !== 'Unknown')
      run.conditions.set(c.type, { status: c.status as 'True' | 'False', since: timeOf(c.lastTransitionTime) ?? now });
  }
  return run;
}

function resumeContainer(container: ContainerRun, seen: ContainerStatus, behaviour: Behaviour, now: number): void {
  container.restarts = seen.restartCount ?? 0;
  const last = seen.lastState?.terminated;
  if (last) container.last = endedOf(last, now, Math.max(0, container.restarts - (seen.state?.waiting ? 0 : 1)));
  container.failures = container.last ? container.last.attempt + 1 : 0;
  container.state = resumedState(container, seen, behaviour, now) ?? container.state;
}

function resumedState(container: ContainerRun, seen: ContainerStatus, behaviour: Behaviour, now: number): ContainerState | undefined {
  const { running, terminated } = seen.state ?? {};
  if (terminated) return { is: 'terminated', ...endedOf(terminated, now, container.restarts) };
  if (running) {
    const startedAt = timeOf(running.startedAt) ?? now;
    const { exitAfter, exitCode } = behaviour.lifetime(container.spec, container.role);
    return { is: 'running', startedAt, exitsAt: startedAt + exitAfter, exitCode };
  }
  if (!container.last) return undefined;
  const pause = pauseAfter(container.failures, behaviour.longestPause);
  return { is: 'waiting', reason: 'CrashLoopBackOff', until: container.last.finishedAt + pause, pause };
}

function endedOf(terminated: Terminated, now: number, attempt: number): Ended {
  return {
    exitCode: terminated.exitCode,
    reason: terminated.reason ?? '',
    startedAt: timeOf(terminated.startedAt) ?? now,
    finishedAt: timeOf(terminated.finishedAt) ?? now,
    attempt,
  };
}

function timeOf(text: string | undefined): number | undefined {
  return text ? Date.parse(text) : undefined;
}
