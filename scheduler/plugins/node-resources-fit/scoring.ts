/** The three strategies of scoring by allocation: the emptiest first, the fullest first, or along a shape that the profile gives. */
import type { Cluster } from '../../cache/cluster.ts';
import { Nodes } from '../../cache/nodes.ts';
import type { PodClass } from '../../cache/pod-class.ts';
import { CPU, EPHEMERAL_STORAGE, MEMORY } from '../../cache/resources.ts';

export interface WeightedResource {
  name: string;
  /** Default 1. */
  weight?: number;
}

export interface ScoringStrategy {
  /** Default LeastAllocated. */
  type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  /** Default cpu and memory, both of weight 1. */
  resources?: WeightedResource[];
  requestedToCapacityRatio?: { shape?: { utilization: number; score: number }[] };
}

export interface Scoring {
  prepare(podClass: PodClass, cluster: Cluster): (slot: number) => number;
}

/** 0 to 100 for a resource of which `requested` of `capacity` would be in use. */
type ResourceScore = (requested: number, capacity: number) => number;

const leastAllocated: ResourceScore = (requested, capacity) =>
  requested > capacity ? 0 : Math.floor(((capacity - requested) * 100) / capacity);
const mostAllocated: ResourceScore = (requested, capacity) => Math.floor((Math.min(requested, capacity) * 100) / capacity);

/** Straight lines between the points of the shape; scores of 0 to 10 there are 0 to 100 here. */
function alongShape(points: { utilization: number; score: number }[]): ResourceScore {
  const shape = points.map(({ utilization, score }) => ({ utilization, score: score * 10 }));
  return (requested, capacity) => {
    const used = requested > capacity ? 100 : Math.floor((requested * 100) / capacity);
    const next = shape.findIndex((point) => used <= point.utilization);
    if (next < 0) return shape.at(-1)?.score ?? 0;
    const to = shape[next] as (typeof shape)[number];
    const from = shape[next - 1];
    if (!from) return to.score;
    return from.score + Math.trunc(((to.score - from.score) * (used - from.utilization)) / (to.utilization - from.utilization));
  };
}

/** Extended resources count only for pods that request them. */
const isBasic = (column: number) => column === CPU || column === MEMORY || column === EPHEMERAL_STORAGE;

export function scoringOf(strategy: ScoringStrategy): Scoring {
  const type = strategy.type ?? 'LeastAllocated';
  const resources = strategy.resources?.length ? strategy.resources : [{ name: 'cpu' }, { name: 'memory' }];
  const shape = strategy.requestedToCapacityRatio?.shape ?? [];
  const scoreOf = { LeastAllocated: leastAllocated, MostAllocated: mostAllocated, RequestedToCapacityRatio: alongShape(shape) }[type];
  const shaped = type === 'RequestedToCapacityRatio';
  return {
    prepare(podClass, { nodes, resources: names }) {
      const counted = resources
        .map(({ name, weight }) => ({ column: names.column(name), weight: weight ?? 1 }))
        .map((r) => ({ ...r, own: podClass.assumedRequests.get(r.column) ?? 0 }))
        .filter((r) => isBasic(r.column) || r.own > 0);
      return (slot) => {
        let sum = 0;
        let weights = 0;
        for (let i = 0; i < counted.length; i++) {
          const { column, weight, own } = counted[i] as (typeof counted)[number];
          const capacity = Nodes.amount(nodes.allocatable, column, slot);
          if (capacity === 0) continue;
          const score = scoreOf(Nodes.amount(nodes.assumed, column, slot) + own, capacity);
          // Along a shape, a resource that scores nothing does not count at all.
          if (shaped && score <= 0) continue;
          sum += score * weight;
          weights += weight;
        }
        if (weights === 0) return 0;
        return shaped ? Math.round(sum / weights) : Math.floor(sum / weights);
      };
    },
  };
}
