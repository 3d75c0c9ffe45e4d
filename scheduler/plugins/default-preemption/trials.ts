/**
 * Trials: which pods would have to go from a node. Where only the node itself matters, an outcome is kept until the node changes, so that many
 * pods of a class that have to push others out do not try the same nodes again and again.
 */
import type { Cluster } from '../../cache/cluster.ts';
import type { NodeInfo } from '../../cache/nodes.ts';
import type { PodClass } from '../../cache/pod-class.ts';
import type { PodInfo } from '../../cache/pod-info.ts';
import type { Failure } from '../../framework/plugin.ts';
import { byImportance, splitByBudgets } from './victims.ts';

export interface Candidate {
  readonly slot: number;
  /** The most important first. */
  readonly victims: PodInfo[];
  /** Victims whose removal breaks a disruption budget. */
  readonly broken: number;
}

export type Outcome = Candidate | { reasons: readonly string[] };

export interface Trials {
  on(slot: number): Outcome;
}

export const NO_VICTIMS = 'No preemption victims found for incoming pod';

interface Kept {
  readonly cluster: Cluster;
  readonly priority: number;
  readonly outcomes: Map<number, Outcome>;
  /** The journal of changes was read up to here. */
  seen: number;
}

/** Gives the trials for a pod, with what is still true of those for pods of its class before it. */
export function keptTrials(): (failure: Failure, cluster: Cluster) => Trials {
  const byClass = new WeakMap<PodClass, Kept>();
  return (failure, cluster) => {
    const { pod } = failure;
    const fresh: Kept = { cluster, priority: pod.priority, outcomes: new Map(), seen: cluster.nodes.sequence };
    const known = byClass.get(pod.podClass);
    // Budgets change without any node changing.
    const keeps = failure.nodeByNode && cluster.budgets.size === 0;
    const kept = keeps && known?.cluster === cluster && known.priority === pod.priority ? known : fresh;
    if (!cluster.nodes.since(kept.seen, (slot) => kept.outcomes.delete(slot))) kept.outcomes.clear();
    kept.seen = cluster.nodes.sequence;
    if (keeps) byClass.set(pod.podClass, kept);
    return {
      on(slot) {
        const before = kept.outcomes.get(slot);
        if (before) return before;
        const info = cluster.nodes.at[slot] as NodeInfo;
        const outcome = cluster.nodes.unchanged(() => tryNode(failure, cluster, info));
        kept.outcomes.set(slot, outcome);
        return outcome;
      },
    };
  };
}

/** The fewest and least important pods that have to go from this node. The cluster is changed on the way and left as it was. */
function tryNode(failure: Failure, cluster: Cluster, info: NodeInfo): Outcome {
  const { pod } = failure;
  const lower = [...info.pods].filter((other) => other.priority < pod.priority);
  if (lower.length === 0) return { reasons: [NO_VICTIMS] };
  const gone = new Set(lower);
  for (const other of lower) cluster.displace(other, info.name);
  const restore = () => {
    for (const other of gone) cluster.place(other, info.name);
  };
  const refused = failure.verdictNow(info.slot);
  if (refused) {
    restore();
    return { reasons: refused.reasons };
  }
  const { breaking, harmless } = splitByBudgets(lower.sort(byImportance), cluster.budgets);
  const stays = (other: PodInfo) => {
    cluster.place(other, info.name);
    if (!failure.verdictNow(info.slot)) return gone.delete(other);
    cluster.displace(other, info.name);
    return false;
  };
  const broken = breaking.filter((other) => !stays(other)).length;
  for (const other of harmless) stays(other);
  const victims = [...gone].sort(byImportance);
  restore();
  return { slot: info.slot, victims, broken };
}
