/**
 * Places the pods of a group (a PodGroup, else those of one controller) near each other, or apart, over levels of topology: region, zone,
 * datacenter, rack. Every level that a node shares with the group's pods adds its weight, in proportion to how many of them it shares it with.
 */
import type { Domains } from '../../cache/census.ts';
import type { Cluster } from '../../cache/cluster.ts';
import { GROUP_LABEL } from '../../cache/gangs.ts';
import type { PodClass } from '../../cache/pod-class.ts';
import { ConfigError } from '../../config/error.ts';
import { type ClusterScores, type Plugin, perClass } from '../../framework/plugin.ts';

export interface TopologyPlacementArgs {
  /** Default `near`. */
  mode?: 'near' | 'apart';
  /** Default: region 1, zone 2, datacenter 4, rack 8. */
  levels?: { topologyKey: string; weight?: number }[];
}

const LEVELS = [
  { topologyKey: 'topology.kubernetes.io/region', weight: 1 },
  { topologyKey: 'topology.kubernetes.io/zone', weight: 2 },
  { topologyKey: 'cloud.kumulus.dev/datacenter', weight: 4 },
  { topologyKey: 'cloud.kumulus.dev/rack', weight: 8 },
];

interface Level {
  readonly weight: number;
  readonly domains: Domains;
}

/** What the pods of one group have in common; `undefined`: the pod is in none. */
function groupKey({ namespace, labels, owner }: PodClass): string | undefined {
  if (labels[GROUP_LABEL]) return `${namespace}|group|${labels[GROUP_LABEL]}`;
  return owner && `${namespace}|${owner.kind}|${owner.name}`;
}

function levelsOf(podClass: PodClass, cluster: Cluster, levels: { topologyKey: string; weight: number }[]): Level[] | undefined {
  const key = groupKey(podClass);
  if (key === undefined) return undefined;
  const counts = (other: PodClass) => groupKey(other) === key;
  const counter = cluster.census.counter({ key: `together|${key}`, namespace: podClass.namespace, counts, terminatingToo: false });
  podClass.release.push(() => cluster.census.release(counter));
  return levels.map(({ topologyKey, weight }) => ({
    weight,
    domains: cluster.census.domains(counter, topologyKey, 'all', () => true),
  }));
}

export function topologyPlacement(args: TopologyPlacementArgs = {}): Plugin {
  const { mode = 'near' } = args;
  if (mode !== 'near' && mode !== 'apart')
    throw new ConfigError(`arguments of plugin "TopologyPlacement": mode is near or apart, not "${mode}"`);
  const levels = args.levels?.map(({ topologyKey, weight = 1 }) => ({ topologyKey, weight })) ?? LEVELS;
  const owns = new WeakMap<Cluster, (podClass: PodClass) => Level[] | undefined>();
  const of = (podClass: PodClass, cluster: Cluster) => {
    const known = owns.get(cluster) ?? perClass((c: PodClass) => levelsOf(c, cluster, levels));
    owns.set(cluster, known);
    return known(podClass);
  };
  return {
    name: 'TopologyPlacement',
    prepareScore: ({ podClass }, cluster): ClusterScores | undefined => {
      // Levels that no member's node has say nothing.
      const known = of(podClass, cluster)?.filter(({ domains }) => domains.sum > 0) ?? [];
      const most = known.reduce((sum, { weight }) => sum + weight, 0);
      if (most === 0) return undefined;
      return (nodes, count, scores) => {
        for (let k = 0; k < count; k++) {
          let near = 0;
          for (const { weight, domains } of known) {
            const value = domains.topology.domainOf[nodes[k] as number] ?? -1;
            if (value >= 0) near += (weight * (domains.totals[value] ?? 0)) / domains.sum;
          }
          const score = Math.floor((100 * near) / most);
          scores[k] = mode === 'near' ? score : 100 - score;
        }
      };
    },
  };
}
