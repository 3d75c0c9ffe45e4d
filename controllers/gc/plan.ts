/** What is to be done with one object, given what is known of its owners and dependents. Pure; the rules are kubernetes/pkg/controller/garbagecollector's. */
import type { OwnerReference } from '../../types/wire.ts';
import { FOREGROUND, type GraphNode, ORPHAN, orphansDependents, waitsForDependents } from './graph.ts';

/** `solid`: it is there. `waiting`: it waits for its dependents to go. `absent`: it is not there (any more). */
export type OwnerState = 'solid' | 'waiting' | 'absent';

export type Policy = 'Foreground' | 'Background' | 'Orphan';

export type Action =
  | { do: 'nothing' }
  /** Take our owner reference off all dependents, then the finalizer off the object. */
  | { do: 'orphan' }
  /** The last dependent that held it is gone. */
  | { do: 'finish' }
  /** Have these looked at: they hold the object that waits for them. */
  | { do: 'press'; dependents: GraphNode[] }
  /** Forget the owners that are gone, since others are there. */
  | { do: 'disown'; owners: OwnerReference[] }
  /** `unblock`: first let our owners go without us, as a circle of objects waits for itself. */
  | { do: 'delete'; policy: Policy; unblock: boolean };

/** For an object that is being deleted: its owners don't matter any more. Undefined: they do. */
export function planDeleting(node: GraphNode, dependents: Iterable<GraphNode>): Action | undefined {
  if (orphansDependents(node)) return { do: 'orphan' };
  if (waitsForDependents(node)) {
    const holding = [...dependents].filter((dependent) => dependent.owners.some((o) => o.uid === node.uid && o.blockOwnerDeletion));
    if (holding.length === 0) return { do: 'finish' };
    return { do: 'press', dependents: holding.filter((dependent) => !waitsForDependents(dependent)) };
  }
  return node.deleting ? { do: 'nothing' } : undefined;
}

/** `states`: of the node's owners, in their order. */
export function planOwned(node: GraphNode, states: OwnerState[], dependents: GraphNode[]): Action {
  if (states.length === 0) return { do: 'nothing' };
  if (states.includes('solid')) {
    const solid = node.owners.filter((_, i) => states[i] === 'solid');
    return solid.length === node.owners.length ? { do: 'nothing' } : { do: 'disown', owners: solid };
  }
  if (states.includes('waiting') && dependents.length > 0) {
    return { do: 'delete', policy: 'Foreground', unblock: dependents.some(waitsForDependents) };
  }
  return { do: 'delete', policy: policyOf(node), unblock: false };
}

/** A finalizer that was there before says how the object wanted to be deleted. */
function policyOf({ finalizers }: GraphNode): Policy {
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}
