/** What a plan for a Machine is made from and of: what its status should say now, what is to be done about it, when to look again. */
import type { Machine, MachineClass, MachineStatus, MachineStep } from '../../../client/cloud.ts';
import type { Node, Pod } from '../../../client/resources.ts';
import { rfc3339Micro } from '../../../types/part/clock.ts';
import type { Random } from '../../../types/part/random.ts';
import { type Verdict, withCondition } from '../conditions.ts';

export interface Observed {
  machine: Machine;
  class: MachineClass | undefined;
  node: Node | undefined;
  /** On its node. */
  pods: Pod[];
  now: number;
  random: Random;
}

export type Action =
  | { do: 'protect' }
  | { do: 'cordon' | 'deleteNode' | 'release' | 'giveUp' }
  | { do: 'evict' | 'kill'; pod: Pod }
  | { do: 'tell'; type: 'Normal' | 'Warning'; reason: string; message: string };

export interface Plan {
  status: MachineStatus;
  /** In this order, after the status was written; each may be done again without harm. */
  actions: Action[];
  /** Milliseconds until it is to be looked at again; undefined: when something changes. */
  after: number | undefined;
}

/** A plan begins with the present status, and is then changed by the functions that make it. */
export function beginPlan({ machine }: Observed): Plan {
  const status: MachineStatus = { ...machine.status };
  if (machine.metadata?.generation !== undefined) status.observedGeneration = machine.metadata.generation;
  return { status, actions: [], after: undefined };
}

export function judge(plan: Plan, verdict: Verdict, now: number): void {
  plan.status.conditions = withCondition(plan.status.conditions ?? [], verdict, now);
}

export function tell(plan: Plan, type: 'Normal' | 'Warning', reason: string, message: string): void {
  plan.actions.push({ do: 'tell', type, reason, message });
}

export function beginStep(plan: Plan, name: MachineStep['name'], now: number, ms: number): void {
  plan.status.step = { name, until: rfc3339Micro(now + ms) };
  plan.after = ms;
}

/** Milliseconds until the present step ends; 0: it has ended, or there is none. */
export function stepLeft(plan: Plan, name: MachineStep['name'], now: number): number {
  const { step } = plan.status;
  return step?.name === name ? Math.max(0, Date.parse(step.until) - now) : 0;
}
