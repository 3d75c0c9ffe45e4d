/** What a node lacks of what a pod asks for. */
import { fromBytes, fromMilli } from '../../types/quantity.ts';
import type { Cluster } from '../cache/cluster.ts';
import { Nodes } from '../cache/nodes.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { CPU, EPHEMERAL_STORAGE, MEMORY } from '../cache/resources.ts';

const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti'];

/** For people: exact where that is short, else rounded up to a tenth of the largest unit. */
function bytes(amount: number): string {
  const exact = fromBytes(amount);
  if (exact.length <= 6) return exact;
  const unit = Math.min(Math.floor(Math.log2(amount) / 10), UNITS.length - 1);
  return `${Math.ceil((amount / 2 ** (10 * unit)) * 10) / 10}${UNITS[unit]}`;
}

/** An amount of a column as one would write it. */
export function amountText(column: number, amount: number): string {
  if (column === CPU) return fromMilli(amount);
  return column === MEMORY || column === EPHEMERAL_STORAGE ? bytes(amount) : String(amount);
}

export function adviseResources({ podClass }: PodInfo, { nodes, resources }: Cluster): (slot: number) => string[] {
  return (slot) => {
    const change: string[] = [];
    const allowed = nodes.allowedPods[slot] ?? 0;
    if ((nodes.podCount[slot] ?? 0) + 1 > allowed) change.push(`needs a pod to leave: all ${allowed} pods that it may run are there`);
    for (const [column, amount] of podClass.requests) {
      const all = Nodes.amount(nodes.allocatable, column, slot);
      const left = all - Nodes.amount(nodes.requested, column, slot);
      if (amount <= left || amount === 0) continue;
      const name = resources.names[column] ?? '';
      const missing = amountText(column, amount - left);
      if (amount <= all)
        change.push(`needs ${missing} more ${name} (asks for ${amountText(column, amount)}, ${shown(column, left)} is free)`);
      else if (all === 0) change.push(`needs ${amountText(column, amount)} ${name}; the node has none`);
      else
        change.push(`needs a larger node: asks for ${amountText(column, amount)} ${name}, the node has ${amountText(column, all)} in all`);
    }
    return change;
  };
}

const shown = (column: number, left: number) => (left <= 0 ? 'none' : amountText(column, left));
