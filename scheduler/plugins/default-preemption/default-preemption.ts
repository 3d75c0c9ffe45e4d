/**
 * Makes room for a pod that fits nowhere: on which node, and by removing which pods of lower priority. Every node that removing pods could
 * help is tried with all of them removed; then as many as possible are put back, those first whose disruption a budget forbids. The
 * node where it hurts least is nominated.
 */

import type { Random } from '../../../types/part/random.ts';
import type { Cluster } from '../../cache/cluster.ts';
import type { NodeInfo } from '../../cache/nodes.ts';
import { milliseconds, type PodInfo } from '../../cache/pod-info.ts';
import { Reasons, unavailable } from '../../framework/message.ts';
import type { Failure, Plugin, PostFilterOutcome } from '../../framework/plugin.ts';
import { byImportance, splitByBudgets } from './victims.ts';

export interface PreemptionArgs {
  /** How many nodes are tried: this share of those in question, default 10 (%), */
  minCandidateNodesPercentage?: number;
  /** but at least this many, default 100. */
  minCandidateNodesAbsolute?: number;
}

interface Candidate {
  readonly slot: number;
  /** The most important first. */
  readonly victims: PodInfo[];
  readonly broken: number;
}

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

export function defaultPreemption(args: PreemptionArgs, random: Random): Plugin {
  const share = args.minCandidateNodesPercentage ?? 10;
  const atLeast = args.minCandidateNodesAbsolute ?? 100;
  return {
    name: 'DefaultPreemption',
    postFilter(failure, cluster): PostFilterOutcome {
      const refused = notEligible(failure, cluster);
      if (refused) return { message: `preemption: ${refused}`, keepsNomination: true };
      const inQuestion = [...cluster.nodes.slots].filter((slot) => failure.refusalAt(slot)?.curable);
      const wanted = Math.min(inQuestion.length, Math.max(Math.floor((inQuestion.length * share) / 100), atLeast));
      const reasons = new Reasons();
      const notHelped = cluster.nodes.count - inQuestion.length;
      if (notHelped > 0) reasons.add([NOT_HELPFUL], notHelped);
      const candidates = findCandidates(failure, cluster, inQuestion, wanted, random, reasons);
      const best = pick(candidates);
      if (best) return { nominate: { slot: best.slot, victims: best.victims } };
      return { message: `preemption: ${unavailable(cluster.nodes.count, reasons.text())}` };
    },
  };
}

/** Why the pod may not push others out; `undefined` if it may. */
function notEligible({ pod, refusalAt }: Failure, cluster: Cluster): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = cluster.nodes.get(pod.pod.status?.nominatedNodeName ?? '');
  const refused = nominated && refusalAt(nominated.slot);
  if (!nominated || (refused && !refused.curable)) return undefined;
  const leaving = [...nominated.pods].some((other) => other.priority < pod.priority && isLeavingForOther(other));
  return leaving ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

function isLeavingForOther({ terminating, pod }: PodInfo): boolean {
  const target = terminating ? pod.status?.conditions?.find((condition) => condition.type === 'DisruptionTarget') : undefined;
  return target?.status === 'True' && target.reason === 'PreemptionByScheduler';
}

function findCandidates(
  failure: Failure,
  cluster: Cluster,
  slots: number[],
  wanted: number,
  random: Random,
  reasons: Reasons,
): Candidate[] {
  const lower = [...cluster.priorities.keys()].some((priority) => priority < failure.pod.priority);
  if (!lower) {
    if (slots.length > 0) reasons.add([NO_VICTIMS], slots.length);
    return [];
  }
  const candidates: Candidate[] = [];
  const offset = slots.length > 1 ? random.int(slots.length) : 0;
  // Enough are found only when one of them breaks no budget.
  const enough = () => candidates.length >= wanted && candidates.some(({ broken }) => broken === 0);
  for (let i = 0; i < slots.length && !enough(); i++) {
    const info = cluster.nodes.at[slots[(offset + i) % slots.length] as number] as NodeInfo;
    const found = tryNode(failure, cluster, info);
    if ('victims' in found) candidates.push(found);
    else reasons.add(found.reasons);
  }
  return candidates;
}

/** The fewest and least important pods that have to go from this node. The cluster is changed on the way and left as it was. */
function tryNode(failure: Failure, cluster: Cluster, info: NodeInfo): Candidate | { reasons: readonly string[] } {
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

/** The start of the longest-running of the most important victims; later is better. */
function startOfOldest({ victims }: Candidate): number {
  const highest = victims[0]?.priority;
  const starts = victims.filter((victim) => victim.priority === highest).map((victim) => startOf(victim));
  return Math.min(...starts);
}

function startOf(pod: PodInfo): number {
  return pod.startedAt ?? milliseconds(pod.pod.status?.startTime) ?? Number.MAX_SAFE_INTEGER;
}

/** Priorities may be negative; made positive, so that fewer pods always sum to less. */
const OFFSET = 2 ** 31;

/** The least harm: fewest budgets broken, least important victims, the smallest sum of priorities, fewest victims, the youngest. */
function pick(candidates: readonly Candidate[]): Candidate | undefined {
  const harms: ((candidate: Candidate) => number)[] = [
    ({ broken }) => broken,
    ({ victims }) => victims[0]?.priority ?? -OFFSET,
    ({ victims }) => victims.reduce((sum, victim) => sum + victim.priority + OFFSET, 0),
    ({ victims }) => victims.length,
    (candidate) => -startOfOldest(candidate),
  ];
  let left = candidates;
  for (const harm of harms) {
    if (left.length < 2) break;
    const measured = left.map((candidate) => ({ candidate, harm: harm(candidate) }));
    const least = Math.min(...measured.map((m) => m.harm));
    left = measured.filter((m) => m.harm === least).map((m) => m.candidate);
  }
  return left[0];
}
