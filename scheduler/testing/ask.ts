/** Asks one plugin about one pod, over a cluster made for the occasion. */
import type { Node, Pod } from '../../client/resources.ts';
import { seededRandom } from '../../types/part/random.ts';
import type { AnyObject } from '../../types/wire.ts';
import { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { takeIn } from '../cache/take-in.ts';
import { buildProfile, type ProfileConfig } from '../config/profile.ts';
import { REGISTRY } from '../config/registry.ts';
import type { ClusterEvent } from '../framework/events.ts';
import type { Plugin } from '../framework/plugin.ts';
import { explainScores } from '../framework/score-nodes.ts';

export interface Given {
  nodes?: Node[];
  /** Pods that are there, by node. */
  pods?: Record<string, Pod[]>;
  objects?: unknown[];
  /** Arguments of the plugin. */
  args?: Record<string, unknown>;
}

export interface Ask {
  cluster: Cluster;
  info(pod: Pod): PodInfo;
  /** By node: `ok`, or the reasons. The refusal of the whole pod is under `*`. */
  verdicts(pod: Pod): Record<string, string>;
  /** The plugin's scores by node, normalised, without its weight; all nodes take part. */
  scores(pod: Pod): Record<string, number>;
  /** Whether the plugin's hints say that this event may help. */
  helps(pod: Pod, event: ClusterEvent): boolean;
}

export function ask(name: string, { nodes = [], pods = {}, objects = [], args = {} }: Given): Ask {
  const cluster = new Cluster();
  for (const object of objects) takeIn(cluster, object as AnyObject);
  for (const node of nodes) cluster.setNode(node);
  for (const [node, list] of Object.entries(pods)) for (const pod of list) cluster.place(cluster.describe(pod), node);
  const optional = REGISTRY.some((entry) => entry.name === name && entry.optional);
  const plugins = optional ? { multiPoint: { enabled: [{ name }] } } : {};
  const config: ProfileConfig = { plugins, pluginConfig: [{ name, args }] };
  const profile = buildProfile(config, seededRandom(1));
  const plugin = profile.plugins.find((p) => p.name === name) as Plugin;
  const slots = [...cluster.nodes.slots];
  const nameOf = (slot: number) => cluster.nodes.at[slot]?.name ?? '';
  return {
    cluster,
    info: (pod) => cluster.describe(pod),
    verdicts(pod) {
      const run = plugin.prepareFilter?.(cluster.describe(pod), cluster);
      if (run && 'refused' in run) return { '*': run.refused.reasons.join(', ') };
      return Object.fromEntries(slots.map((slot) => [nameOf(slot), run?.verdict?.(slot)?.reasons.join(', ') ?? 'ok']));
    },
    scores(pod) {
      const alone = { ...profile, score: [{ plugin, weight: 1 }] };
      const scores = explainScores(cluster.describe(pod), cluster, alone, slots).get(name) ?? slots.map(() => 0);
      return Object.fromEntries(slots.map((slot, k) => [nameOf(slot), scores[k] ?? 0]));
    },
    helps: (pod, event) =>
      plugin.hints?.some(({ on, helps }) => on === event.what && (helps?.(cluster.describe(pod), event as never, cluster) ?? true)) ??
      false,
  };
}
