/** Prefers nodes whose resources would be used more evenly with the pod than without it. */
import { Nodes } from '../../cache/nodes.ts';
import { CPU, EPHEMERAL_STORAGE, MEMORY } from '../../cache/resources.ts';
import type { Plugin } from '../../framework/plugin.ts';
import type { WeightedResource } from '../node-resources-fit/scoring.ts';

export interface BalancedArgs {
  /** Default cpu and memory. */
  resources?: WeightedResource[];
}

/** 100 if all fractions are equal, less by their standard deviation. */
export function evenness(fractions: readonly number[]): number {
  const [a = 0, b = 0] = fractions;
  let deviation = 0;
  if (fractions.length === 2) deviation = Math.abs((a - b) / 2);
  else if (fractions.length > 2) {
    const mean = fractions.reduce((sum, f) => sum + f, 0) / fractions.length;
    deviation = Math.sqrt(fractions.reduce((sum, f) => sum + (f - mean) * (f - mean), 0) / fractions.length);
  }
  return Math.trunc((1 - deviation) * 100);
}

export function nodeResourcesBalancedAllocation(args: BalancedArgs = {}): Plugin {
  const resources = args.resources?.length ? args.resources : [{ name: 'cpu' }, { name: 'memory' }];
  return {
    name: 'NodeResourcesBalancedAllocation',
    shape: ({ requests }) => JSON.stringify([...requests]),
    prepareScore: ({ podClass }, { nodes, resources: names }) => {
      const counted = resources
        .map(({ name }) => names.column(name))
        .map((column) => ({ column, own: podClass.requests.get(column) ?? 0 }))
        .filter(({ column, own }) => own > 0 || column === CPU || column === MEMORY || column === EPHEMERAL_STORAGE);
      // A pod without requests would be drawn to one node again and again.
      if (counted.every(({ own }) => own === 0)) return undefined;
      const fractions = (slot: number, withPod: boolean) => {
        const found: number[] = [];
        for (const { column, own } of counted) {
          const capacity = Nodes.amount(nodes.allocatable, column, slot);
          if (capacity === 0) continue;
          found.push(Math.min(1, (Nodes.amount(nodes.requested, column, slot) + (withPod ? own : 0)) / capacity));
        }
        return found;
      };
      // As of kube-scheduler 1.36 (kubernetes/kubernetes#135573) the change counts, not the state.
      return { raw: (slot) => 50 + Math.trunc((50 + evenness(fractions(slot, true)) - evenness(fractions(slot, false))) / 2) };
    },
  };
}
