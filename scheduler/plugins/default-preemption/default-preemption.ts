/**
 * Makes room for a pod that fits nowhere: on which node, and by removing which pods of lower priority. Every node that removing pods could
 * help is tried with all of them removed; then as many as possible are put back, those first whose disruption a budget forbids. The
 * node where it hurts least is nominated.
 */

import type { Random } from '../../../types/part/random.ts';
import type { Cluster } from '../../cache/cluster.ts';
import { milliseconds, type PodInfo } from '../../cache/pod-info.ts';
import { Reasons, unavailable } from '../../framework/message.ts';
import type { Failure, Plugin, PostFilterOutcome } from '../../framework/plugin.ts';
import { type Candidate, keptTrials, NO_VICTIMS, type Trials } from './trials.ts';

export interface PreemptionArgs {
  /** How many nodes are tried: this share of those in question, default 10 (%), */
  minCandidateNodesPercentage?: number;
  /** but at least this many, default 100. */
  minCandidateNodesAbsolute?: number;
}

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';

export function defaultPreemption(args: PreemptionArgs, random: Random): Plugin {
  const share = args.minCandidateNodesPercentage ?? 10;
  const atLeast = args.minCandidateNodesAbsolute ?? 100;
  const trialsFor = keptTrials();
  return {
    name: 'DefaultPreemption',
    postFilter(failure, cluster): PostFilterOutcome {
      const refused = notEligible(failure, cluster);
      if (refused) return { message: `preemption: ${refused}`, keepsNomination: true };
      let inQuestion = 0;
      for (const [why, nodes] of failure.refusals) if (why.curable) inQuestion += nodes;
      const reasons = new Reasons();
      if (inQuestion < cluster.nodes.count) reasons.add([NOT_HELPFUL], cluster.nodes.count - inQuestion);
      const wanted = Math.min(inQuestion, Math.max(Math.floor((inQuestion * share) / 100), atLeast));
      const best = pick(findCandidates(failure, cluster, trialsFor(failure, cluster), { inQuestion, wanted }, random, reasons));
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
  trials: Trials,
  { inQuestion, wanted }: { inQuestion: number; wanted: number },
  random: Random,
  reasons: Reasons,
): Candidate[] {
  const lower = [...cluster.priorities.keys()].some((priority) => priority < failure.pod.priority);
  if (!lower || inQuestion === 0) {
    if (inQuestion > 0) reasons.add([NO_VICTIMS], inQuestion);
    return [];
  }
  const candidates: Candidate[] = [];
  let unbroken = false;
  const size = cluster.nodes.at.length;
  const offset = random.int(size);
  // Enough are found only when one of them breaks no budget.
  for (let i = 0; i < size && !(unbroken && candidates.length >= wanted); i++) {
    const slot = (offset + i) % size;
    if (!failure.refusalAt(slot)?.curable) continue;
    const found = trials.on(slot);
    if ('victims' in found) {
      candidates.push(found);
      if (found.broken === 0) unbroken = true;
    } else reasons.add(found.reasons);
  }
  return candidates;
}

/** The start of the longest-running of the most important victims; later is better. */
function startOfOldest({ victims }: Candidate): number {
  let oldest = Number.MAX_SAFE_INTEGER;
  for (const victim of victims) if (victim.priority === victims[0]?.priority) oldest = Math.min(oldest, startOf(victim));
  return oldest;
}

function startOf(pod: PodInfo): number {
  return pod.startedAt ?? milliseconds(pod.pod.status?.startTime) ?? Number.MAX_SAFE_INTEGER;
}

/** Priorities may be negative; made positive, so that fewer pods always sum to less. */
const OFFSET = 2 ** 31;

/** What is compared, in this order: budgets broken, the most important victim, the sum of priorities, the number, the youngest. Less is better. */
function harmsOf(candidate: Candidate): readonly number[] {
  const { broken, victims } = candidate;
  let sum = 0;
  for (const victim of victims) sum += victim.priority + OFFSET;
  return [broken, victims[0]?.priority ?? -OFFSET, sum, victims.length, -startOfOldest(candidate)];
}

/** The candidate that does the least harm; the first one of equals. */
function pick(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  let least: readonly number[] = [];
  for (const candidate of candidates) {
    const harms = harmsOf(candidate);
    const differs = harms.findIndex((harm, i) => harm !== least[i]);
    if (best && (differs < 0 || (harms[differs] as number) > (least[differs] as number))) continue;
    best = candidate;
    least = harms;
  }
  return best;
}
