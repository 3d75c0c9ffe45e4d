/** Scores by preferred affinity: weighted counts of pods in the node's domains, stretched to 0 to 100. */
import type { Domains } from '../../cache/census.ts';
import type { Topology } from '../../cache/topology.ts';
import type { ClusterScores } from '../../framework/plugin.ts';

export interface WeightedDomains {
  readonly domains: Domains;
  /** Below 0 for pods to keep away from. */
  readonly weight: number;
}

/** The weighted sum by value of each topology: many terms over one topology cost a node one look. */
function sumByTopology(all: readonly WeightedDomains[]): Map<Topology, Float64Array> {
  const sums = new Map<Topology, Float64Array>();
  for (const { domains, weight } of all) {
    const sum = sums.get(domains.topology) ?? new Float64Array(domains.topology.size);
    sums.set(domains.topology, sum);
    const { totals } = domains;
    const size = Math.min(totals.length, sum.length);
    for (let value = 0; value < size; value++) sum[value] = (sum[value] ?? 0) + weight * (totals[value] ?? 0);
  }
  return sums;
}

export function affinityScores(all: readonly WeightedDomains[]): ClusterScores {
  return (nodes, count, scores) => {
    scores.fill(0, 0, count);
    for (const [{ domainOf }, sum] of sumByTopology(all)) {
      for (let k = 0; k < count; k++) {
        const value = domainOf[nodes[k] as number] as number;
        if (value >= 0) scores[k] = (scores[k] as number) + (sum[value] ?? 0);
      }
    }
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) {
      const score = scores[k] as number;
      if (score < least) least = score;
      if (score > most) most = score;
    }
    const range = most - least;
    for (let k = 0; k < count; k++) scores[k] = range > 0 ? Math.trunc(100 * (((scores[k] as number) - least) / range)) : 0;
  };
}
