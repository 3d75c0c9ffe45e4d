/** A Machine goes: its node is drained and deleted, then the cloud takes it back. */
import { MACHINE_FINALIZER } from '../../../client/cloud.ts';
import type { Node, Pod } from '../../../client/resources.ts';
import { controllerOf } from '../../shared/owners.ts';
import { isFinished, isTerminating } from '../../shared/pods.ts';
import { drawDelay } from './delay.ts';
import { beginPlan, beginStep, judge, type Observed, type Plan, stepLeft, tell } from './plan.ts';

/** Milliseconds until evictions that a disruption budget refused are asked for again. */
const RETRY = 1_000;
/** Milliseconds: a drain without a time-out, as a step that has to have an end. */
const FOR_EVER = 100 * 365 * 86_400_000;

export function planLeaving(observed: Observed): Plan {
  const plan = beginPlan(observed);
  if (!observed.machine.metadata?.finalizers?.includes(MACHINE_FINALIZER)) return plan;
  if (plan.status.phase !== 'Deleting' && observed.node) planDrain(plan, observed, observed.node);
  else planReturn(plan, observed);
  return plan;
}

function planDrain(plan: Plan, observed: Observed, node: Node): void {
  const { machine, now } = observed;
  if (plan.status.step?.name !== 'Drain') {
    const seconds = machine.spec.deletion?.nodeDrainTimeoutSeconds ?? 0;
    plan.status.phase = 'Draining';
    beginStep(plan, 'Drain', now, seconds > 0 ? seconds * 1000 : FOR_EVER);
  }
  const left = observed.pods.filter((pod) => mustLeave(pod, node));
  const said = `${left.length} ${left.length === 1 ? 'pod is' : 'pods are'} left: ${some(left)}`;
  const timeLeft = stepLeft(plan, 'Drain', now);
  if (left.length === 0) endDrain(plan, observed, 'Drained', 'All pods have left');
  else if (timeLeft === 0) endDrain(plan, observed, 'DrainTimedOut', `Given up: ${said}`);
  else {
    judge(plan, { type: 'Drained', status: 'False', reason: 'Draining', message: said }, now);
    plan.actions.push({ do: 'cordon' });
    for (const pod of left) if (!isTerminating(pod)) plan.actions.push({ do: 'evict', pod });
    plan.after = Math.min(RETRY, timeLeft);
  }
}

/** A DaemonSet's pods and mirror pods stay to the end; where no kubelet answers, nobody waits for what is on its way out. */
function mustLeave(pod: Pod, node: Node): boolean {
  if (isFinished(pod) || controllerOf(pod)?.kind === 'DaemonSet') return false;
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return false;
  const answers = node.status?.conditions?.find((c) => c.type === 'Ready')?.status === 'True';
  return answers || !isTerminating(pod);
}

function some(pods: Pod[]): string {
  const names = pods.slice(0, 3).map((pod) => `${pod.metadata?.namespace}/${pod.metadata?.name}`);
  return names.join(', ') + (pods.length > 3 ? ', …' : '');
}

function endDrain(plan: Plan, observed: Observed, reason: 'Drained' | 'DrainTimedOut', message: string): void {
  const drained = reason === 'Drained';
  judge(plan, { type: 'Drained', status: drained ? 'True' : 'False', reason, message }, observed.now);
  tell(plan, drained ? 'Normal' : 'Warning', reason, message);
  planReturn(plan, observed);
}

/** The node and what is left on it go first: from here on there is no machine under them. */
function planReturn(plan: Plan, observed: Observed): void {
  const { class: cls, node, pods, now, random } = observed;
  plan.status.phase = 'Deleting';
  if (node) plan.actions.push({ do: 'deleteNode' });
  for (const pod of pods) plan.actions.push({ do: 'kill', pod });
  const begun = plan.status.step?.name === 'Deprovision';
  const left = begun ? stepLeft(plan, 'Deprovision', now) : drawDelay(cls?.spec.deprovisioning, random);
  if (left === 0) plan.actions.push({ do: 'release' });
  else if (begun) plan.after = left;
  else beginStep(plan, 'Deprovision', now, left);
}
