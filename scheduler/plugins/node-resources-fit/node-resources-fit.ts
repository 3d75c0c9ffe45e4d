/** Keeps pods off nodes that have not enough left of what they request, and scores nodes by how much is or would be in use. */

import type { Cluster } from '../../cache/cluster.ts';
import { type NodeInfo, Nodes } from '../../cache/nodes.ts';
import type { PodClass } from '../../cache/pod-class.ts';
import { hint } from '../../framework/events.ts';
import { type Plugin, type Refusal, refusal } from '../../framework/plugin.ts';
import { type Scoring, type ScoringStrategy, scoringOf } from './scoring.ts';

export interface FitArgs {
  /** Extended resources that the filter does not look at; groups are the part of a resource's name before the slash. */
  ignoredResources?: string[];
  ignoredResourceGroups?: string[];
  scoringStrategy?: ScoringStrategy;
}

const name = 'NodeResourcesFit';

/** The requested amounts that are looked at: by column. */
function demands(podClass: PodClass, cluster: Cluster, args: FitArgs): [column: number, amount: number][] {
  const ignored = (resource: string) => {
    const group = resource.split('/')[0] ?? '';
    if (!resource.includes('/') || group === 'kubernetes.io' || group.endsWith('.kubernetes.io')) return false;
    return args.ignoredResources?.includes(resource) || args.ignoredResourceGroups?.includes(group);
  };
  return [...podClass.requests].filter(([column, amount]) => amount > 0 && !ignored(cluster.resources.names[column] ?? ''));
}

/** Refusals by the set of what is short: kept, so that equal ones are one object. */
class Shortages {
  readonly #known = new Map<string, Refusal>();

  of(short: string[], curable: boolean): Refusal {
    const key = `${curable}|${short.join('|')}`;
    const known = this.#known.get(key) ?? refusal(name, short, curable);
    this.#known.set(key, known);
    return known;
  }
}

export function nodeResourcesFit(args: FitArgs = {}): Plugin {
  const shortages = new Shortages();
  const scoring: Scoring = scoringOf(args.scoringStrategy ?? {});
  return {
    name,
    shape: ({ requests, assumedRequests }) => JSON.stringify([[...requests], [...assumedRequests]]),
    prepareFilter: ({ podClass }, cluster) => {
      const { nodes } = cluster;
      const wanted = demands(podClass, cluster, args);
      const shortOf = (slot: number): Refusal | undefined => {
        const short: string[] = [];
        // What the node could not give even if it were empty, no removal of pods cures.
        let curable = true;
        if ((nodes.podCount[slot] ?? 0) + 1 > (nodes.allowedPods[slot] ?? 0)) short.push('Too many pods');
        for (const [column, amount] of wanted) {
          const all = Nodes.amount(nodes.allocatable, column, slot);
          if (amount <= all - Nodes.amount(nodes.requested, column, slot)) continue;
          short.push(`Insufficient ${cluster.resources.names[column]}`);
          if (amount > all) curable = false;
        }
        return short.length > 0 ? shortages.of(short, curable) : undefined;
      };
      return { verdict: shortOf };
    },
    prepareScore: ({ podClass }, cluster) => ({ raw: scoring.prepare(podClass, cluster) }),
    hints: [
      hint('podGone'),
      hint('podPlaced', () => false),
      hint('node', (pod, { node, before }, cluster) =>
        mayFit(pod.podClass, cluster, node.metadata?.name ?? '', before === undefined, args),
      ),
    ],
  };
}

/** A node that came or changed can only help if what it has in all is enough. */
function mayFit(podClass: PodClass, cluster: Cluster, nodeName: string, _isNew: boolean, args: FitArgs): boolean {
  const info: NodeInfo | undefined = cluster.nodes.get(nodeName);
  if (!info) return false;
  const { nodes } = cluster;
  const left = (column: number) => Nodes.amount(nodes.allocatable, column, info.slot) - Nodes.amount(nodes.requested, column, info.slot);
  return demands(podClass, cluster, args).every(([column, amount]) => amount <= left(column));
}
