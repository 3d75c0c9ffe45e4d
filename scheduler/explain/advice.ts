/** What would have to change for a plugin to take a node that it refused: one function for each plugin that can say it simply. */
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { conflicts } from '../plugins/node-ports/node-ports.ts';
import { tolerates } from '../plugins/taint-toleration/tolerations.ts';
import { adviseLabels } from './advise-labels.ts';
import { adviseNeighbours, adviseSpread } from './advise-neighbours.ts';
import { adviseResources } from './advise-resources.ts';

/** Asked of nodes that the plugin refused only. */
export type Advise = (slot: number) => string[];

type Prepare = (pod: PodInfo, cluster: Cluster) => Advise;

const adviseTaints: Prepare =
  ({ podClass: { tolerations } }, { nodes }) =>
  (slot) =>
    (nodes.at[slot]?.taints ?? [])
      .filter((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint)))
      .map(({ key, value, effect }) => `tolerate taint ${key}${value ? `=${value}` : ''}:${effect}, or take it off the node`);

const advisePorts: Prepare =
  ({ podClass: { hostPorts } }, { nodes }) =>
  (slot) => {
    const used = nodes.at[slot]?.ports ?? [];
    return hostPorts
      .filter((wanted) => used.some((other) => conflicts(wanted, other)))
      .map(({ port, protocol }) => `needs host port ${port}/${protocol}, which ${holder(slot, port, protocol, nodes.at)} holds`);
  };

function holder(slot: number, port: number, protocol: string, at: Cluster['nodes']['at']): string {
  const found = [...(at[slot]?.pods ?? [])].find((pod) => pod.podClass.hostPorts.some((p) => p.port === port && p.protocol === protocol));
  return found ? `pod ${found.key}` : 'another pod';
}

const PREPARE: Record<string, Prepare> = {
  NodeResourcesFit: adviseResources,
  TaintToleration: adviseTaints,
  NodeAffinity: adviseLabels,
  NodePorts: advisePorts,
  InterPodAffinity: adviseNeighbours,
  PodTopologySpread: adviseSpread,
  NodeUnschedulable:
    (_pod, { nodes }) =>
    (slot) => [`uncordon the node (kubectl uncordon ${nodes.at[slot]?.name})`],
  NodeName: ({ pod }) => {
    const wanted = pod.spec?.nodeName;
    return () => [`the pod names node ${wanted}`];
  },
};

export function adviceFor(plugin: string, pod: PodInfo, cluster: Cluster): Advise {
  return PREPARE[plugin]?.(pod, cluster) ?? (() => []);
}
