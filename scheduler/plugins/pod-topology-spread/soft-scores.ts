/** Scores by constraints that may be broken: the fewer pods in a node's domains, the better. */
import type { ClusterScores } from '../../framework/plugin.ts';
import type { Constraint } from './constraints.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const LEFT_OUT = -1;

/** More domains make each one's count smaller; the logarithm evens that out. */
const weightOf = (domains: number) => Math.log(domains + 2);

/** How many different values of its topology the nodes have that take part. */
function domainsAmong({ topology }: Constraint, nodes: Int32Array, count: number, takesPart: (slot: number) => boolean): number {
  // One more place than values: nodes without the label (where they take part at all) are a domain of their own.
  const seen = new Uint8Array(topology.size + 1);
  let found = 0;
  for (let k = 0; k < count; k++) {
    const slot = nodes[k] as number;
    const place = (topology.domainOf[slot] as number) + 1;
    if (seen[place] || !takesPart(slot)) continue;
    seen[place] = 1;
    found++;
  }
  return found;
}

export function softScores(constraints: readonly Constraint[], allKeys: boolean): ClusterScores {
  const takesPart = (slot: number) => !allKeys || constraints.every(({ topology }) => (topology.domainOf[slot] as number) >= 0);
  return (nodes, count, scores) => {
    let present = 0;
    for (let k = 0; k < count; k++) {
      scores[k] = takesPart(nodes[k] as number) ? 0 : LEFT_OUT;
      if (scores[k] === 0) present++;
    }
    for (const constraint of constraints) {
      const byNode = constraint.topology.key === HOSTNAME;
      const weight = weightOf(byNode ? present : domainsAmong(constraint, nodes, count, takesPart));
      addConstraint(constraint, byNode, weight, nodes, count, scores);
    }
    normalize(scores, count);
  };
}

/** Pods in the node's domain, weighted. Hosts are counted by node, whatever nodes the constraint includes. */
function addConstraint(c: Constraint, byNode: boolean, weight: number, nodes: Int32Array, count: number, scores: Float64Array): void {
  const { domainOf } = c.topology;
  const { onNode } = c.counter;
  const { totals } = c.domains;
  for (let k = 0; k < count; k++) {
    const slot = nodes[k] as number;
    const value = domainOf[slot] as number;
    if (scores[k] === LEFT_OUT || value < 0) continue;
    const pods = byNode ? (onNode[slot] ?? 0) : (totals[value] ?? 0);
    scores[k] = (scores[k] as number) + pods * weight + (c.maxSkew - 1);
  }
}

/** Whole scores, turned round so that the least becomes the best; nodes left out get 0. */
function normalize(scores: Float64Array, count: number): void {
  let least = Number.MAX_SAFE_INTEGER;
  let most = 0;
  for (let k = 0; k < count; k++) {
    if (scores[k] === LEFT_OUT) continue;
    const score = Math.round(scores[k] as number);
    scores[k] = score;
    if (score < least) least = score;
    if (score > most) most = score;
  }
  for (let k = 0; k < count; k++) {
    const score = scores[k] as number;
    if (score === LEFT_OUT) scores[k] = 0;
    else scores[k] = most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most);
  }
}
