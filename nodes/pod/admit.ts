/** A kubelet's last look before it takes a pod on: does it fit what is left (kubernetes/pkg/kubelet/lifecycle/predicate.go)? */
import type { Amounts } from '../machine/amounts.ts';

/** Becomes the pod's status: phase Failed with these. */
export interface Refusal {
  reason: string;
  message: string;
}

const FIRST = ['pods', 'cpu', 'memory', 'ephemeral-storage'];

export function admit(requests: Amounts, used: Amounts, allocatable: Amounts): Refusal | undefined {
  const names = [...FIRST, ...[...requests.keys()].filter((name) => !FIRST.includes(name))];
  for (const name of names) {
    const requested = requests.get(name) ?? 0;
    const taken = used.get(name) ?? 0;
    const capacity = allocatable.get(name) ?? 0;
    if (requested === 0 || requested + taken <= capacity) continue;
    const numbers = `requested: ${requested}, used: ${taken}, capacity: ${capacity}`;
    return { reason: `OutOf${name}`, message: `Pod was rejected: Node didn't have enough resource: ${name}, ${numbers}` };
  }
  return undefined;
}
