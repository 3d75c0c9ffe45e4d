/**
 * A decision laid open: for every node what each plugin says, its score, and what would have to change. Unlike the decision itself, which stops at
 * the first refusal, every filter is asked about every node. Pure; the cluster is left as it was.
 */
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import type { FilterRun, Plugin, Refusal } from '../framework/plugin.ts';
import { explainScores } from '../framework/score-nodes.ts';
import type { Decider } from '../schedule-one.ts';
import { type Advise, adviceFor } from './advice.ts';

export interface PluginVerdict {
  plugin: string;
  passes: boolean;
  /** As kube-scheduler words them. */
  reasons?: string[];
  /** What would have to change; absent where nothing simple would do. */
  change?: string[];
  /** Whether removing other pods could change it. */
  curable?: boolean;
}

export interface PluginScore {
  plugin: string;
  /** 0 to 100. */
  score: number;
  weight: number;
}

export interface NodeExplanation {
  node: string;
  feasible: boolean;
  /** Of all filters, in the order in which the profile asks them. */
  verdicts: PluginVerdict[];
  /** Of feasible nodes. */
  scores?: PluginScore[];
  /** The sum of all scores times their weights. */
  total?: number;
}

export interface PodExplanation {
  pod: string;
  schedulerName: string;
  /** `running`: it is judged as if it were pending, itself taken out. */
  state: 'pending' | 'gated' | 'running';
  /** Where a running pod is. */
  runsOn?: string;
  /** `placed`: where it would go now; of several best nodes any may be picked. */
  result: 'placed' | 'refused' | 'gated';
  best?: string[];
  message?: string;
  /** Where preemption would make room, and which pods would go. */
  preemption?: { node: string; victims: string[] };
  /** Feasible nodes first, the best of them at the top; then by name. */
  nodes: NodeExplanation[];
}

export interface Subject {
  info: PodInfo;
  runsOn?: string;
}

export function explainPod({ info, runsOn }: Subject, cluster: Cluster, decider: Decider): PodExplanation {
  const { profile } = decider;
  const head = { pod: info.key, schedulerName: profile.schedulerName, ...(runsOn !== undefined && { runsOn }) };
  const gate = profile.preEnqueue.map((plugin) => plugin.preEnqueue?.(info)).find((refused) => refused !== undefined);
  const nodes = explainNodes(info, cluster, decider);
  if (gate && runsOn === undefined) return { ...head, state: 'gated', result: 'gated', message: gate.reasons.join(', '), nodes };
  const state = runsOn === undefined ? 'pending' : 'running';
  const decision = decider.decide(info);
  if (decision.result === 'placed') return { ...head, state, result: 'placed', best: bestOf(nodes), nodes };
  const { message, nominate } = decision;
  const preemption = nominate && { node: nominate.node, victims: nominate.victims.map((victim) => victim.key) };
  return { ...head, state, result: 'refused', message, ...(preemption && { preemption }), nodes };
}

function bestOf(nodes: NodeExplanation[]): string[] {
  const highest = nodes[0]?.total;
  return nodes.filter((node) => node.feasible && node.total === highest).map((node) => node.node);
}

function explainNodes(info: PodInfo, cluster: Cluster, { profile }: Decider): NodeExplanation[] {
  const judges = profile.filter.map((plugin) => judgeOf(plugin, info, cluster));
  const slots = [...cluster.nodes.slots];
  const explained = slots.map((slot): NodeExplanation => {
    const verdicts = judges.map((judge) => judge(slot));
    return { node: cluster.nodes.at[slot]?.name ?? '', feasible: verdicts.every((verdict) => verdict.passes), verdicts };
  });
  const feasible = slots.filter((_, i) => explained[i]?.feasible);
  const scores = explainScores(info, cluster, profile, feasible);
  const weights = new Map(profile.score.map(({ plugin, weight }) => [plugin.name, weight]));
  for (const [k, node] of explained.filter((other) => other.feasible).entries()) {
    node.scores = [...scores].map(([plugin, all]) => {
      const weight = weights.get(plugin) ?? 1;
      return { plugin, score: (all[k] ?? 0) / weight, weight };
    });
    node.total = node.scores.reduce((sum, { score, weight }) => sum + score * weight, 0);
  }
  return explained.sort((a, b) => (b.total ?? -1) - (a.total ?? -1) || a.node.localeCompare(b.node, 'en', { numeric: true }));
}

/** One plugin's verdicts by slot, with advice where it refuses. */
function judgeOf(plugin: Plugin, info: PodInfo, cluster: Cluster): (slot: number) => PluginVerdict {
  const run = plugin.prepareFilter?.(info, cluster);
  let advise: Advise | undefined;
  const advice = (slot: number) => {
    advise ??= adviceFor(plugin.name, info, cluster);
    return advise(slot);
  };
  return (slot) => {
    const refused = refusalOf(plugin.name, run, cluster.nodes.at[slot]?.name ?? '', slot);
    if (!refused) return { plugin: plugin.name, passes: true };
    const change = advice(slot);
    const { reasons, curable } = refused;
    return { plugin: plugin.name, passes: false, reasons: [...reasons], ...(change.length > 0 && { change }), curable };
  };
}

function refusalOf(name: string, run: FilterRun | { refused: Refusal } | undefined, node: string, slot: number): Refusal | undefined {
  if (!run) return undefined;
  if ('refused' in run) return run.refused;
  if (run.nodes && !run.nodes.has(node)) {
    return run.verdict?.(slot) ?? { plugin: name, reasons: [`node(s) didn't satisfy plugin(s) [${name}]`], curable: false };
  }
  return run.verdict?.(slot);
}
