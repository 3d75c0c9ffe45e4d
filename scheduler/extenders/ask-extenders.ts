/** A decision in which extenders have a say: theirs comes after that of the plugins, on the nodes that the plugins left. */
import type { Node } from '../../client/resources.ts';
import type { Random } from '../../types/part/random.ts';
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { Reasons, unavailable } from '../framework/message.ts';
import type { Decider, Decision, Refused } from '../schedule-one.ts';
import type { Extender } from './extender.ts';

interface Candidates {
  names: string[];
  totals: Map<string, number>;
}

/** Rejects if an extender that is not ignorable does not answer. Nodes may have changed meanwhile: the answer holds for those that still pass. */
export async function decideWith(
  extenders: readonly Extender[],
  pod: PodInfo,
  cluster: Cluster,
  decider: Decider,
  random: Random,
): Promise<Decision> {
  const { decision, feasible, totals } = decider.explain(pod);
  if (decision.result === 'refused') return agreedPreemption(extenders, pod, decision);
  const candidates = { names: feasible, totals: new Map(feasible.map((name, i) => [name, totals?.[i] ?? 0])) };
  const refused = await filterAll(extenders, pod, cluster, candidates);
  if (refused) return refused;
  await scoreAll(extenders, pod, cluster, candidates);
  const left = candidates.names.filter((name) => stillPasses(pod, name, cluster, decider));
  if (left.length === 0) throw new Error('the nodes that the extenders took have changed meanwhile');
  const highest = Math.max(...left.map((name) => candidates.totals.get(name) ?? 0));
  const best = left.filter((name) => candidates.totals.get(name) === highest);
  return { result: 'placed', node: best[best.length > 1 ? random.int(best.length) : 0] ?? '', feasible: left.length };
}

function stillPasses(pod: PodInfo, name: string, cluster: Cluster, decider: Decider): boolean {
  const info = cluster.nodes.get(name);
  return info !== undefined && decider.verdictNow(pod, info.slot) === undefined;
}

const nodesOf = (cluster: Cluster, names: string[]): Node[] => names.flatMap((name) => cluster.nodes.get(name)?.node ?? []);

/** An extender that is ignorable and does not answer has no say. */
async function say<T>(extender: Extender, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (extender.config.ignorable) return undefined;
    throw error;
  }
}

async function filterAll(
  extenders: readonly Extender[],
  pod: PodInfo,
  cluster: Cluster,
  candidates: Candidates,
): Promise<Refused | undefined> {
  const reasons = new Reasons();
  for (const extender of extenders) {
    if (!extender.config.filterVerb) continue;
    const answer = await say(extender, () => extender.filter(pod.pod, nodesOf(cluster, candidates.names)));
    if (!answer) continue;
    for (const name of candidates.names) if (!answer.nodes.includes(name)) reasons.add([answer.failed[name] ?? 'extender filter failed']);
    candidates.names = answer.nodes;
    if (candidates.names.length > 0) continue;
    // No plugin refused it, so any event may change the extender's mind.
    return { result: 'refused', message: unavailable(cluster.nodes.count, reasons.text()), plugins: new Set() };
  }
  return undefined;
}

async function scoreAll(extenders: readonly Extender[], pod: PodInfo, cluster: Cluster, { names, totals }: Candidates): Promise<void> {
  for (const extender of extenders) {
    if (!extender.config.prioritizeVerb || names.length < 2) continue;
    // As in kube-scheduler, scores that do not come are no reason to fail.
    const scores = await extender.prioritize(pod.pod, nodesOf(cluster, names)).catch(() => new Map<string, number>());
    for (const [name, score] of scores) totals.set(name, (totals.get(name) ?? 0) + score);
  }
}

/** Preemption goes ahead only where all extenders that have a say agree. */
async function agreedPreemption(extenders: readonly Extender[], pod: PodInfo, refused: Refused): Promise<Refused> {
  let { nominate } = refused;
  for (const extender of extenders) {
    if (!extender.config.preemptVerb || !nominate) continue;
    const { node, victims } = nominate;
    const agreed = await say(extender, async () => (await extender.preempt(pod.pod, node, victims)) ?? null);
    if (agreed === null) nominate = undefined;
    else if (agreed) nominate = { node, victims: agreed };
  }
  const { nominate: _before, ...rest } = refused;
  return nominate ? { ...rest, nominate } : rest;
}
