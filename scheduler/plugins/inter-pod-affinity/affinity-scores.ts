/** Scores by preferred affinity: weighted counts of pods in the node's domains, stretched to 0 to 100. */
import type { Domains } from '../../cache/census.ts';
import type { Topology } from '../../cache/topology.ts';
import type { ClusterScores } from '../../framework/plugin.ts';

export interface WeightedDomains {
  readonly domains: Domains;
  /** Below 0 for pods to keep away from. */
  readonly weight: number;
}

interface Summed {
  readonly topology: Topology;
  /** By value of the topology. */
  counts: Float64Array | Int32Array;
  weight: number;
}

/** What several terms over one topology come to by value: a node costs one look, however many terms there are. */
function sumByTopology(all: readonly WeightedDomains[]): Iterable<Summed> {
  const sums = new Map<Topology, Summed>();
  for (const { domains, weight } of all) {
    const { topology, totals } = domains;
    const before = sums.get(topology);
    if (!before) {
      sums.set(topology, { topology, counts: totals, weight });
      continue;
    }
    const sum = new Float64Array(topology.size);
    for (let value = 0; value < sum.length; value++)
      sum[value] = before.weight * (before.counts[value] ?? 0) + weight * (totals[value] ?? 0);
    before.counts = sum;
    before.weight = 1;
  }
  return sums.values();
}

export function affinityScores(all: readonly WeightedDomains[]): ClusterScores {
  return (nodes, count, scores) => {
    scores.fill(0, 0, count);
    for (const { topology, counts, weight } of sumByTopology(all)) {
      const { domainOf } = topology;
      for (let k = 0; k < count; k++) {
        const value = domainOf[nodes[k] as number] as number;
        if (value >= 0 && value < counts.length) scores[k] = (scores[k] as number) + weight * (counts[value] as number);
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
