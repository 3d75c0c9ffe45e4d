/** The pod's conditions, in the order and words of a kubelet (kubernetes/pkg/kubelet/status/generate.go). */
import type { Pod } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { allInitialized, type ConditionState, isInitialized, type PodRun } from './run.ts';

type Condition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];
type Verdict = Omit<ConditionState, 'since'>;

const YES: Verdict = { status: 'True' };
const no = (reason: string, message?: string): Verdict => ({ status: 'False', reason, ...(message ? { message } : {}) });

export function conditionsOf(pod: Pod, run: PodRun, now: number): Condition[] {
  const verdicts: [string, Verdict][] = [
    ['PodReadyToStartContainers', run.sandbox && !run.finish ? YES : { status: 'False' }],
    ['Initialized', initializedOf(run)],
    ['Ready', readyOf(pod, run)],
    ['ContainersReady', containersReadyOf(run)],
  ];
  const conditions = verdicts.map(([type, verdict]) => conditionOf(pod, type, remember(run, type, verdict, now)));
  return [...conditions, conditionOf(pod, 'PodScheduled', scheduledOf(pod, run))];
}

/** True when somebody opened or closed one of the pod's readiness gates since its Ready was last shown. */
export function gatesMoved(pod: Pod, run: PodRun): boolean {
  return pod.spec?.readinessGates !== undefined && readyOf(pod, run).status !== run.conditions.get('Ready')?.status;
}

function readyOf(pod: Pod, run: PodRun): Verdict {
  const containersReady = containersReadyOf(run);
  return containersReady.status === 'True' ? gatesOf(pod) : containersReady;
}

/** Keeps the time of the last change of status. */
function remember(run: PodRun, type: string, verdict: Verdict, now: number): ConditionState {
  const before = run.conditions.get(type);
  const state = { ...verdict, since: before?.status === verdict.status ? before.since : now };
  run.conditions.set(type, state);
  return state;
}

function conditionOf(pod: Pod, type: string, { status, since, reason, message }: ConditionState): Condition {
  const condition: Condition = { type, status, lastTransitionTime: rfc3339(since) };
  if (reason) condition.reason = reason;
  if (message) condition.message = message;
  if (pod.metadata?.generation !== undefined) condition.observedGeneration = pod.metadata.generation;
  return condition;
}

function initializedOf(run: PodRun): Verdict {
  if (run.finish?.phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (allInitialized(run)) return YES;
  return no('ContainersNotInitialized', `containers with incomplete status: ${names(run, (c) => c.role !== 'app' && !isInitialized(c))}`);
}

function containersReadyOf(run: PodRun): Verdict {
  if (run.finish) return no(run.finish.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed');
  const unready = (c: PodRun['containers'][number]) => c.role !== 'init' && c.state.is !== 'running';
  if (!run.containers.some(unready) && allInitialized(run)) return YES;
  return no('ContainersNotReady', `containers with unready status: ${names(run, unready)}`);
}

const names = (run: PodRun, which: (c: PodRun['containers'][number]) => boolean) =>
  `[${run.containers
    .filter(which)
    .map((c) => c.spec.name)
    .join(' ')}]`;

/** Ready waits for the conditions that the pod's readiness gates name; others set them. */
function gatesOf(pod: Pod): Verdict {
  const faults: string[] = [];
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    const found = pod.status?.conditions?.find((c) => c.type === conditionType);
    if (!found) faults.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== 'True') faults.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
  }
  return faults.length > 0 ? no('ReadinessGatesNotReady', faults.join(', ')) : YES;
}

/** The scheduler's own, which a kubelet repeats, or sets for a pod that was bound by other means. */
function scheduledOf(pod: Pod, run: PodRun): ConditionState {
  const found = pod.status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'True');
  return { status: 'True', since: found?.lastTransitionTime ? Date.parse(found.lastTransitionTime) : run.acceptedAt };
}
