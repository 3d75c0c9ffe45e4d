/**
 * What simulated pods and containers do: how long they take to start and stop, how long they run, how they exit. Drawn from the options and
 * the pod's annotations; the life cycle (advance.ts) only asks, so that other sources of behaviour fit in its place.
 */
import type { Pod } from '../../client/resources.ts';
import { FlagError, parseDuration } from '../../types/part/flags.ts';
import type { Random } from '../../types/part/random.ts';
import type { NodesOptions } from '../options.ts';
import type { Container, Role } from './run.ts';

/** `sim.kumulus.dev/exit-after: 5s` lets every container of a pod exit so long after each start (default: at once, if a code is given) … */
export const EXIT_AFTER = 'sim.kumulus.dev/exit-after';
/** … with this code (default 0). `sim.kumulus.dev/exit-code.NAME` and `exit-after.NAME` are for one container alone. */
export const EXIT_CODE = 'sim.kumulus.dev/exit-code';

/** Milliseconds; `exitAfter` Infinity: it runs until it is stopped. */
export interface Lifetime {
  exitAfter: number;
  exitCode: number;
}

export interface Behaviour {
  startDelay(): number;
  stopDelay(): number;
  lifetime(container: Container, role: Role): Lifetime;
  /** Milliseconds: the longest pause between restarts. */
  longestPause: number;
}

const FOR_EVER = Number.POSITIVE_INFINITY;

export function behaviourOf(pod: Pod, options: NodesOptions, random: Random): Behaviour {
  const spread = (base: number, jitter: number) => base + random.next() * jitter;
  const completes = isShortLived(pod);
  return {
    startDelay: () => spread(options['pod-start-delay'], options['pod-start-jitter']),
    stopDelay: () => spread(options['pod-stop-delay'], options['pod-stop-jitter']),
    lifetime: (container, role) => {
      const annotated = annotatedLifetime(pod, container.name);
      if (annotated) return annotated;
      if (role === 'init') return { exitAfter: options['init-container-duration'], exitCode: 0 };
      if (role === 'app' && completes) return { exitAfter: spread(options['job-duration'], options['job-jitter']), exitCode: 0 };
      return { exitAfter: FOR_EVER, exitCode: 0 };
    },
    longestPause: options['max-container-restart-period'],
  };
}

/** A Job's pods and Helm's tests are there to end; of other pods nobody can know, so they run until they are stopped. */
function isShortLived(pod: Pod): boolean {
  if (pod.spec?.restartPolicy === 'Always') return false;
  const meta = pod.metadata;
  return (meta?.ownerReferences ?? []).some((o) => o.kind === 'Job' && o.controller) || meta?.annotations?.['helm.sh/hook'] !== undefined;
}

function annotatedLifetime(pod: Pod, container: string): Lifetime | undefined {
  const annotations = pod.metadata?.annotations;
  if (!annotations) return undefined;
  const after = annotations[`${EXIT_AFTER}.${container}`] ?? annotations[EXIT_AFTER];
  const code = annotations[`${EXIT_CODE}.${container}`] ?? annotations[EXIT_CODE];
  if (after === undefined && code === undefined) return undefined;
  return { exitAfter: durationOr(after, 0), exitCode: Number.parseInt(code ?? '0', 10) || 0 };
}

function durationOr(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  try {
    return Math.max(0, parseDuration(text));
  } catch (error) {
    if (error instanceof FlagError) return otherwise;
    throw error;
  }
}
