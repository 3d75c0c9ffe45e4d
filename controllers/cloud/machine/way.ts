/**
 * The way of a Machine from asked for to gone. Pure: all that outlives a moment is in the Machine's status, so that whoever looks next
 * goes on from there.
 */
import { planLeaving } from './leaving.ts';
import type { Observed, Plan } from './plan.ts';
import { planProvisioning } from './provisioning.ts';

export function planMachine(observed: Observed): Plan {
  return observed.machine.metadata?.deletionTimestamp ? planLeaving(observed) : planProvisioning(observed);
}
