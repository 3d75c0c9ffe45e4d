/** Which other pods keep a pod off a node, or are missing there: inter-pod affinity and topology spread. */
import { formatLabelSelector } from '../../types/selectors.ts';
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { selects, type Term } from '../cache/terms.ts';
import { resolveConstraints } from '../plugins/pod-topology-spread/constraints.ts';

type Stated = { topologyKey: string; labelSelector?: unknown };

const speaksOf = (term: Term, other: PodInfo, cluster: Cluster) =>
  selects(term, other.podClass.namespace, cluster.labelsOfNamespace(other.podClass.namespace), other.podClass.labels);

/** One pod for each domain of a topology, of those that `chosen` holds for. */
function oneByDomain(cluster: Cluster, topologyKey: string, chosen: (pod: PodInfo) => boolean): (slot: number) => PodInfo | undefined {
  const { domainOf } = cluster.nodes.topology(topologyKey);
  const found = new Map<number, PodInfo>();
  for (const slot of cluster.nodes.slots) {
    const domain = domainOf[slot] ?? -1;
    if (domain < 0 || found.has(domain)) continue;
    for (const pod of cluster.nodes.at[slot]?.pods ?? []) {
      if (!chosen(pod)) continue;
      found.set(domain, pod);
      break;
    }
  }
  return (slot) => found.get(domainOf[slot] ?? -1);
}

const selectorText = (stated: Stated | undefined) => formatLabelSelector(stated?.labelSelector as never) || 'any pod';

function wanting(pod: PodInfo, cluster: Cluster): (slot: number) => string[] {
  const { required } = pod.podClass.affinity;
  const stated = pod.pod.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const near = required.map((term) =>
    oneByDomain(cluster, term.topologyKey, (other) => required.every((t) => speaksOf(t, other, cluster))),
  );
  return (slot) =>
    required.flatMap((term, i) => {
      if ((cluster.nodes.topology(term.topologyKey).domainOf[slot] ?? -1) < 0) return [`needs label ${term.topologyKey} on the node`];
      return near[i]?.(slot) ? [] : [`needs a pod matching ${selectorText(stated[i])} in the same ${term.topologyKey}`];
    });
}

function avoiding(pod: PodInfo, cluster: Cluster): (slot: number) => string[] {
  const { required } = pod.podClass.antiAffinity;
  const near = required.map((term) => oneByDomain(cluster, term.topologyKey, (other) => speaksOf(term, other, cluster)));
  return (slot) =>
    required.flatMap((term, i) => {
      const other = near[i]?.(slot);
      return other ? [`needs pod ${other.key} to leave the same ${term.topologyKey}: the pod's anti-affinity speaks of it`] : [];
    });
}

/** Pods that are there and do not want this one near, by the topologies that they name. */
function unwanted(pod: PodInfo, cluster: Cluster): (slot: number) => string[] {
  const repelling = (key: string) => (other: PodInfo) =>
    other.podClass.antiAffinity.required.some((term) => term.topologyKey === key && speaksOf(term, pod, cluster));
  const keys = new Set<string>();
  for (const carried of cluster.carriedTerms.speakingOf(pod.podClass)) {
    if (carried.kind === 'requiredAntiAffinity' && carried.carriers.sum > 0) keys.add(carried.term.topologyKey);
  }
  const near = [...keys].map((key) => ({ key, at: oneByDomain(cluster, key, repelling(key)) }));
  return (slot) =>
    near.flatMap(({ key, at }) => {
      const other = at(slot);
      return other ? [`needs pod ${other.key} to leave the same ${key}: its anti-affinity speaks of this pod`] : [];
    });
}

export function adviseNeighbours(pod: PodInfo, cluster: Cluster): (slot: number) => string[] {
  const all = [wanting(pod, cluster), avoiding(pod, cluster), unwanted(pod, cluster)];
  return (slot) => all.flatMap((advise) => advise(slot));
}

export function adviseSpread(pod: PodInfo, cluster: Cluster): (slot: number) => string[] {
  const { hard, release } = resolveConstraints(pod.podClass, cluster, {});
  const least = hard.map(({ domains, minDomains }) => (domains.count < minDomains ? 0 : domains.least()));
  const all = hard.map(({ topology, domains, maxSkew, self }, i) => ({
    topology,
    maxSkew,
    fewest: least[i] ?? 0,
    would: topology.domainOf.map((value) => (value < 0 ? -1 : (domains.totals[value] ?? 0) + self)),
  }));
  release();
  return (slot) =>
    all.flatMap(({ topology, maxSkew, fewest, would }) => {
      const value = topology.domainOf[slot] ?? -1;
      if (value < 0) return [`needs label ${topology.key} on the node`];
      const over = (would[slot] ?? 0) - fewest - maxSkew;
      if (over <= 0) return [];
      const there = `${topology.key}=${topology.text(value)} would have ${would[slot]} matching pods, the emptiest has ${fewest}`;
      return [`needs ${over} more in the emptiest, or maxSkew ${maxSkew + over} (${there})`];
    });
}
