/** Scores of the feasible nodes: each plugin's 0 to 100 times its weight, summed. */
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import type { NodeTable, RawScores } from './node-table.ts';
import type { ClusterScores } from './plugin.ts';
import type { Profile, WeightedPlugin } from './profile.ts';

export const MOST = 100;

/** kube-scheduler's DefaultNormalizeScore in whole numbers: of the highest raw score, or (`least`) what is missing to it. */
export function normalized(raw: number, highest: number, normalize: 'most' | 'least'): number {
  if (highest === 0) return normalize === 'least' ? MOST : 0;
  const share = Math.floor((MOST * raw) / highest);
  return normalize === 'least' ? MOST - share : share;
}

/** Adds a plugin's share, unless all these nodes have a raw score of 0: then the answer is what each of them gets. */
function addNormalized(scores: RawScores, nodes: Int32Array, count: number, totals: Float64Array): number {
  const { raw, weight, normalize, nonzero } = scores;
  let highest = 0;
  for (let k = 0; nonzero > 0 && k < count; k++) highest = Math.max(highest, raw[nodes[k] as number] as number);
  if (highest === 0) return weight * normalized(0, 0, normalize);
  for (let k = 0; k < count; k++) {
    totals[k] = (totals[k] as number) + weight * normalized(raw[nodes[k] as number] as number, highest, normalize);
  }
  return 0;
}

/** The scores of plugins that see the whole cluster. */
export function clusterScoresOf(pod: PodInfo, cluster: Cluster, profile: Profile): (WeightedPlugin & { scores: ClusterScores })[] {
  const found = [];
  for (const { plugin, weight } of profile.score) {
    const scores = plugin.shape ? undefined : plugin.prepareScore?.(pod, cluster);
    if (typeof scores === 'function') found.push({ plugin, weight, scores });
  }
  return found;
}

/** Fills `totals` for the first `count` nodes; `scratch` is overwritten. */
export function scoreNodes(
  table: NodeTable,
  clusterScores: readonly (WeightedPlugin & { scores: ClusterScores })[],
  nodes: Int32Array,
  count: number,
  totals: Float64Array,
  scratch: Float64Array,
): void {
  const { base } = table;
  totals.fill(0, 0, count);
  let same = 0;
  for (const scores of table.normalized) same += addNormalized(scores, nodes, count, totals);
  for (let k = 0; k < count; k++) totals[k] = (totals[k] as number) + same + (base[nodes[k] as number] as number);
  for (const { weight, scores } of clusterScores) {
    scores(nodes, count, scratch);
    for (let k = 0; k < count; k++) totals[k] = (totals[k] as number) + weight * (scratch[k] as number);
  }
}

/** Every plugin's weighted scores of these nodes, asked one by one: for explaining a decision, not for making it. */
export function explainScores(pod: PodInfo, cluster: Cluster, profile: Profile, nodes: number[]): Map<string, number[]> {
  const explained = new Map<string, number[]>();
  const slots = Int32Array.from(nodes);
  for (const { plugin, weight } of profile.score) {
    const scores = plugin.prepareScore?.(pod, cluster);
    if (!scores) continue;
    const out = new Float64Array(nodes.length);
    if (typeof scores === 'function') scores(slots, nodes.length, out);
    else {
      const raw = nodes.map((slot) => scores.raw(slot));
      const highest = Math.max(0, ...raw);
      for (const [k, value] of raw.entries()) out[k] = scores.normalize ? normalized(value, highest, scores.normalize) : value;
    }
    explained.set(
      plugin.name,
      [...out].map((score) => weight * score),
    );
  }
  return explained;
}
