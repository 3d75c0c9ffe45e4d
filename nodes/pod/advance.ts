/**
 * The life cycle of a pod, as a kubelet leads it: sandbox, init containers one after the other, the others together, exits and restarts
 * with backoff, the end. Pure but for the run that it moves: no clock, no API.
 */
import type { Behaviour } from './behaviour.ts';
import { allInitialized, type ContainerRun, type Ended, isInitialized, isRunning, type PodRun } from './run.ts';

/** The pause after a second failure in a row; doubles with each. After the first there is none (kubelet's MaxContainerBackOff, ten seconds). */
const FIRST_PAUSE = 10_000;
/** A container that ran so long is forgiven its failures. */
const FORGIVEN_AFTER = 600_000;
const NEVER = Number.POSITIVE_INFINITY;

export interface Progress {
  changed: boolean;
  /** When to come again, in the clock's milliseconds; Infinity: only when something else happens. */
  wakeAt: number;
}

/** Moves `run` to where it is at `now`. */
export function advance(run: PodRun, behaviour: Behaviour, now: number): Progress {
  let changed = false;
  while (!run.finish && step(run, behaviour, now)) changed = true;
  return { changed, wakeAt: run.finish ? NEVER : nextEvent(run) };
}

/** One move, if any is due. */
function step(run: PodRun, behaviour: Behaviour, now: number): boolean {
  if (run.stopAt !== undefined && now >= run.stopAt) return stopAll(run, now);
  if (now >= deadlineOf(run)) return failForDeadline(run, now);
  if (!run.sandbox) return raiseSandbox(run, now);
  for (const container of run.containers) if (endIfDue(run, container, behaviour, now)) return true;
  if (finishIfOver(run, now)) return true;
  for (const container of run.containers) if (startIfDue(run, container, behaviour, now)) return true;
  return false;
}

function nextEvent(run: PodRun): number {
  let at = Math.min(run.stopAt ?? NEVER, deadlineOf(run));
  if (!run.sandbox) return Math.min(at, run.sandboxAt);
  for (const { state } of run.containers) {
    if (state.is === 'running') at = Math.min(at, state.exitsAt);
    else if (state.is === 'waiting' && state.reason === 'CrashLoopBackOff') at = Math.min(at, state.until);
  }
  return at;
}

function raiseSandbox(run: PodRun, now: number): boolean {
  if (now < run.sandboxAt) return false;
  run.sandbox = true;
  return true;
}

const deadlineOf = ({ spec, acceptedAt }: PodRun) =>
  spec.activeDeadlineSeconds === undefined ? NEVER : acceptedAt + spec.activeDeadlineSeconds * 1000;

function failForDeadline(run: PodRun, now: number): boolean {
  for (const container of run.containers) kill(container, 137, now);
  const message = 'Pod was active on the node longer than the specified deadline';
  run.finish = { phase: 'Failed', reason: 'DeadlineExceeded', message };
  return true;
}

/** What ran ends well when it is asked to: a simulated container heeds SIGTERM. */
function stopAll(run: PodRun, now: number): boolean {
  for (const container of run.containers) kill(container, 0, now);
  run.stopped = true;
  const failed = run.containers.some(({ role, state }) => role === 'app' && (state.is !== 'terminated' || state.exitCode !== 0));
  run.finish = { phase: failed ? 'Failed' : 'Succeeded' };
  return true;
}

function kill(container: ContainerRun, exitCode: number, now: number): void {
  if (container.state.is === 'running') end(container, exitCode, now);
  else if (container.state.is === 'waiting' && container.last) container.state = { is: 'terminated', ...container.last };
}

function end(container: ContainerRun, exitCode: number, now: number): Ended {
  const startedAt = container.state.is === 'running' ? container.state.startedAt : now;
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const ended: Ended = { exitCode, reason, startedAt, finishedAt: now, attempt: container.restarts };
  container.state = { is: 'terminated', ...ended };
  return ended;
}

function endIfDue(run: PodRun, container: ContainerRun, behaviour: Behaviour, now: number): boolean {
  const { state } = container;
  if (state.is !== 'running' || now < state.exitsAt) return false;
  const ended = end(container, state.exitCode, now);
  if (!restarts(run, container, ended.exitCode)) return true;
  container.failures = now - ended.startedAt >= FORGIVEN_AFTER ? 1 : container.failures + 1;
  container.last = ended;
  const pause = pauseAfter(container.failures, behaviour.longestPause);
  container.state = { is: 'waiting', reason: 'CrashLoopBackOff', until: now + pause, pause };
  return true;
}

export function pauseAfter(failures: number, longest: number): number {
  return failures <= 1 ? 0 : Math.min(FIRST_PAUSE * 2 ** (failures - 2), longest);
}

function restarts(run: PodRun, { role }: ContainerRun, exitCode: number): boolean {
  if (role === 'sidecar') return true;
  const policy = run.spec.restartPolicy ?? 'Always';
  if (role === 'init') return exitCode !== 0 && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function startIfDue(run: PodRun, container: ContainerRun, behaviour: Behaviour, now: number): boolean {
  const { state, role } = container;
  if (state.is !== 'waiting') return false;
  if (state.reason === 'CrashLoopBackOff' && now < state.until) return false;
  if (role === 'app' ? !allInitialized(run) : !predecessorsInitialized(run, container)) return false;
  if (container.last) container.restarts++;
  const { exitAfter, exitCode } = behaviour.lifetime(container.spec, role);
  container.state = { is: 'running', startedAt: now, exitsAt: now + exitAfter, exitCode };
  return true;
}

function predecessorsInitialized(run: PodRun, container: ContainerRun): boolean {
  for (const other of run.containers) {
    if (other === container) return true;
    if (!isInitialized(other)) return false;
  }
  return true;
}

/** The pod is over when no container of its own will run again (or an init container failed for good); its sidecars then end too. */
function finishIfOver(run: PodRun, now: number): boolean {
  const initFailed = run.containers.some(({ role, state }) => role === 'init' && state.is === 'terminated' && state.exitCode !== 0);
  const apps = run.containers.filter((c) => c.role === 'app');
  if (!initFailed && !apps.every((c) => c.state.is === 'terminated')) return false;
  for (const container of run.containers) if (container.role === 'sidecar' && isRunning(container)) end(container, 0, now);
  const failed = initFailed || apps.some((c) => c.state.is === 'terminated' && c.state.exitCode !== 0);
  run.finish = { phase: failed ? 'Failed' : 'Succeeded' };
  return true;
}
