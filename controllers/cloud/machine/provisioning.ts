/** A Machine comes: attempts, each with its delay, then its node. */
import type { MachineClass } from '../../../client/cloud.ts';
import { MACHINE_FINALIZER } from '../../../client/cloud.ts';
import type { Node } from '../../../client/resources.ts';
import { drawDelay } from './delay.ts';
import { beginPlan, beginStep, judge, type Observed, type Plan, stepLeft, tell } from './plan.ts';

/** Milliseconds after a first failed attempt; doubles with each, up to the longest. */
const BACKOFF = 500;
const LONGEST_BACKOFF = 60_000;

export function planProvisioning(observed: Observed): Plan {
  const plan = beginPlan(observed);
  const { machine } = observed;
  const protectedOne = machine.metadata?.finalizers?.includes(MACHINE_FINALIZER) && machine.spec.providerID;
  if (!protectedOne) {
    plan.actions.push({ do: 'protect' });
    return plan;
  }
  if (plan.status.phase === 'Running') planRunning(plan, observed);
  else if (plan.status.phase === 'Provisioned') planJoining(plan, observed);
  else planAttempts(plan, observed);
  return plan;
}

const NO_DOCKER = 'Machines with the runtime docker are not supported yet; use runtime: simulated';

function planAttempts(plan: Plan, observed: Observed): void {
  const { machine, class: cls } = observed;
  if (!cls) standStill(plan, observed, 'Pending', 'ClassNotFound', `There is no MachineClass ${machine.spec.className}`);
  else if (cls.spec.runtime === 'docker') standStill(plan, observed, 'Failed', 'RuntimeNotSupported', NO_DOCKER);
  else if (plan.status.failureReason !== 'AttemptsExhausted') planAttempt(plan, observed, cls);
}

function standStill(plan: Plan, { now }: Observed, phase: 'Pending' | 'Failed', reason: string, message: string): void {
  const { status } = plan;
  if (status.failureReason !== reason) tell(plan, 'Warning', reason, message);
  status.phase = phase;
  status.failureReason = reason;
  status.failureMessage = message;
  status.step = undefined;
  judge(plan, { type: 'Provisioned', status: 'False', reason, message }, now);
}

function planAttempt(plan: Plan, observed: Observed, cls: MachineClass): void {
  const left = stepLeft(plan, 'Provision', observed.now) || stepLeft(plan, 'Backoff', observed.now);
  if (left > 0) plan.after = left;
  else if (plan.status.step?.name === 'Provision') endAttempt(plan, observed, cls);
  else beginAttempt(plan, observed, cls);
}

function beginAttempt(plan: Plan, observed: Observed, cls: MachineClass): void {
  const { now, random } = observed;
  const attempt = (plan.status.attempts ?? 0) + 1;
  plan.status.phase = 'Provisioning';
  plan.status.attempts = attempt;
  const ms = drawDelay(cls.spec.provisioning, random);
  if (ms === 0) endAttempt(plan, observed, cls);
  else {
    judge(plan, { type: 'Provisioned', status: 'False', reason: 'Provisioning', message: `Attempt ${attempt} is under way` }, now);
    beginStep(plan, 'Provision', now, ms);
  }
}

function endAttempt(plan: Plan, { machine, now, random }: Observed, cls: MachineClass): void {
  const { failureProbability = 0, maxAttempts = 0 } = cls.spec.provisioning ?? {};
  const attempts = plan.status.attempts ?? 1;
  if (random.next() < failureProbability) failAttempt(plan, now, attempts, maxAttempts);
  else succeed(plan, now, `Provisioned in ${machine.spec.zone} with attempt ${attempts}`);
}

function succeed(plan: Plan, now: number, message: string): void {
  plan.status.phase = 'Provisioned';
  plan.status.step = undefined;
  plan.status.failureReason = undefined;
  plan.status.failureMessage = undefined;
  judge(plan, { type: 'Provisioned', status: 'True', reason: 'Provisioned', message }, now);
  judge(plan, { type: 'NodeReady', status: 'False', reason: 'WaitingForNode', message: 'The machine boots' }, now);
  tell(plan, 'Normal', 'Provisioned', message);
}

function failAttempt(plan: Plan, now: number, attempts: number, maxAttempts: number): void {
  const exhausted = maxAttempts > 0 && attempts >= maxAttempts;
  const pause = Math.min(BACKOFF * 2 ** (attempts - 1), LONGEST_BACKOFF);
  const next = exhausted ? 'no further attempt is made' : `the next follows in ${pause / 1000} s`;
  const message = `Attempt ${attempts} failed, ${next}`;
  plan.status.failureReason = exhausted ? 'AttemptsExhausted' : 'ProvisioningFailed';
  plan.status.failureMessage = message;
  plan.status.step = undefined;
  judge(plan, { type: 'Provisioned', status: 'False', reason: 'ProvisioningFailed', message }, now);
  tell(plan, 'Warning', 'ProvisioningFailed', message);
  if (exhausted) plan.status.phase = 'Failed';
  else beginStep(plan, 'Backoff', now, pause);
}

function planJoining(plan: Plan, observed: Observed): void {
  const { node } = observed;
  if (!node) return;
  plan.status.phase = 'Running';
  plan.status.nodeRef = { name: node.metadata?.name ?? '', uid: node.metadata?.uid ?? '' };
  tell(plan, 'Normal', 'NodeJoined', `Node ${node.metadata?.name} has joined`);
  mirror(plan, node, observed.now);
}

/** A machine without its node is of no use to anybody: it is given back, and its pool makes another. */
function planRunning(plan: Plan, { node, now }: Observed): void {
  if (node) mirror(plan, node, now);
  else {
    const message = 'The node was deleted; the machine is given back';
    judge(plan, { type: 'NodeReady', status: 'False', reason: 'NodeDeleted', message }, now);
    plan.actions.push({ do: 'giveUp' });
  }
}

/** Shows what the node shows. */
function mirror(plan: Plan, node: Node, now: number): void {
  const ready = node.status?.conditions?.find((c) => c.type === 'Ready');
  const status = ready?.status === 'True' || ready?.status === 'False' ? ready.status : 'Unknown';
  judge(plan, { type: 'NodeReady', status, reason: ready?.reason || 'NotReported', message: ready?.message ?? '' }, now);
  if (node.status?.addresses) plan.status.addresses = node.status.addresses.map(({ type, address }) => ({ type, address }));
}
