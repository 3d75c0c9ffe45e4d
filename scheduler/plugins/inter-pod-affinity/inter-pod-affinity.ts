/** Pods that want to be near others, or far from them: required and preferred, the incoming pod's own wishes and those of the pods there. */

import type { Domains } from '../../cache/census.ts';
import type { Cluster } from '../../cache/cluster.ts';
import type { PodClass } from '../../cache/pod-class.ts';
import type { Labels } from '../../cache/selector.ts';
import { selects, type Term } from '../../cache/terms.ts';
import { hint } from '../../framework/events.ts';
import { type FilterRun, type Plugin, perClass, refusal } from '../../framework/plugin.ts';
import { affinityScores, type WeightedDomains } from './affinity-scores.ts';

export interface InterPodAffinityArgs {
  /** What a required affinity of a pod that is there weighs in the scores of pods that it selects. 0 to 100, default 1. */
  hardPodAffinityWeight?: number;
  /** Leaves the preferred terms of pods that are there out of the scores of pods that state none. Default false. */
  ignorePreferredTermsOfExistingPods?: boolean;
}

/** The terms of a class as counts of the pods that they select. */
interface Own {
  readonly affinity: readonly Domains[];
  readonly antiAffinity: readonly Domains[];
  readonly preferred: readonly WeightedDomains[];
  /** The pod is one that it wants to be near: the first of its kind may go anywhere. */
  readonly selectsItself: boolean;
}

const speaksOf = (term: Term, cluster: Cluster, namespace: string, labels: Labels) =>
  selects(term, namespace, cluster.labelsOfNamespace(namespace), labels);

/** Pods that all of the terms select. */
function domainsOf(podClass: PodClass, cluster: Cluster, terms: readonly Term[], topologyKey: string): Domains {
  const counter = cluster.census.counter({
    key: `selected|${terms.map((term) => term.key).join('&')}`,
    namespace: undefined,
    counts: (other) => terms.every((term) => speaksOf(term, cluster, other.namespace, other.labels)),
    terminatingToo: true,
  });
  podClass.release.push(() => cluster.census.release(counter));
  return cluster.census.domains(counter, topologyKey, 'all', () => true);
}

function resolve(podClass: PodClass, cluster: Cluster): Own {
  const { affinity, antiAffinity } = podClass;
  const one = (term: Term) => domainsOf(podClass, cluster, [term], term.topologyKey);
  return {
    affinity: affinity.required.map((term) => domainsOf(podClass, cluster, affinity.required, term.topologyKey)),
    antiAffinity: antiAffinity.required.map(one),
    preferred: [
      ...affinity.preferred.map((term) => ({ domains: one(term), weight: term.weight })),
      ...antiAffinity.preferred.map((term) => ({ domains: one(term), weight: -term.weight })),
    ],
    selectsItself: affinity.required.every((term) => speaksOf(term, cluster, podClass.namespace, podClass.labels)),
  };
}

const states = ({ affinity, antiAffinity }: PodClass) =>
  affinity.required.length + antiAffinity.required.length + affinity.preferred.length + antiAffinity.preferred.length > 0;

/** Whether any domain of the node has such pods. */
function anyAt(all: readonly Domains[], slot: number): boolean {
  for (let i = 0; i < all.length; i++) {
    const { topology, totals } = all[i] as Domains;
    const value = topology.domainOf[slot] as number;
    if (value >= 0 && (totals[value] ?? 0) > 0) return true;
  }
  return false;
}

export function interPodAffinity(args: InterPodAffinityArgs = {}): Plugin {
  const name = 'InterPodAffinity';
  const hardWeight = args.hardPodAffinityWeight ?? 1;
  const notNear = refusal(name, "node(s) didn't match pod affinity rules");
  const tooNear = refusal(name, "node(s) didn't match pod anti-affinity rules", true);
  const unwanted = refusal(name, "node(s) didn't satisfy existing pods anti-affinity rules", true);
  const owns = new WeakMap<Cluster, (podClass: PodClass) => Own>();
  const ownOf = (podClass: PodClass, cluster: Cluster): Own | undefined => {
    if (!states(podClass)) return undefined;
    let of = owns.get(cluster);
    if (!of) {
      of = perClass((c) => resolve(c, cluster));
      owns.set(cluster, of);
    }
    return of(podClass);
  };

  const nearAll = (own: Own, slot: number): boolean => {
    let everywhere = true;
    let none = true;
    for (const { topology, totals, sum } of own.affinity) {
      const value = topology.domainOf[slot] as number;
      if (value < 0) return false;
      if ((totals[value] ?? 0) === 0) everywhere = false;
      if (sum > 0) none = false;
    }
    return everywhere || (none && own.selectsItself);
  };

  const filter = (podClass: PodClass, cluster: Cluster): FilterRun | undefined => {
    const own = ownOf(podClass, cluster);
    const others = cluster.carriedTerms
      .speakingOf(podClass)
      .filter((carried) => carried.kind === 'requiredAntiAffinity' && carried.carriers.sum > 0)
      .map((carried) => carried.carriers);
    if (others.length === 0 && !own?.affinity.length && !own?.antiAffinity.length) return undefined;
    return {
      verdict: (slot) => {
        if (own && own.affinity.length > 0 && !nearAll(own, slot)) return notNear;
        if (own && anyAt(own.antiAffinity, slot)) return tooNear;
        return others.length > 0 && anyAt(others, slot) ? unwanted : undefined;
      },
    };
  };

  const weighted = (podClass: PodClass, cluster: Cluster): WeightedDomains[] => {
    const found = [...(ownOf(podClass, cluster)?.preferred ?? [])];
    const ignoring = args.ignorePreferredTermsOfExistingPods === true && found.length === 0;
    if (ignoring) return [];
    for (const { kind, term, carriers } of cluster.carriedTerms.speakingOf(podClass)) {
      if (kind === 'preferredAffinity') found.push({ domains: carriers, weight: term.weight });
      else if (kind === 'preferredAntiAffinity') found.push({ domains: carriers, weight: -term.weight });
      else if (kind === 'requiredAffinity' && hardWeight > 0) found.push({ domains: carriers, weight: hardWeight });
    }
    return found.filter(({ domains }) => domains.sum > 0);
  };

  const touches = ({ affinity, antiAffinity }: PodClass, labels: Labels | undefined) =>
    [...affinity.required, ...antiAffinity.required].some((term) => term.selector.matches(labels ?? {}));

  return {
    name,
    prepareFilter: ({ podClass }, cluster) => filter(podClass, cluster),
    prepareScore: ({ podClass }, cluster) => {
      const domains = weighted(podClass, cluster);
      return domains.length > 0 ? affinityScores(domains) : undefined;
    },
    hints: [
      hint('podPlaced', ({ podClass }, { pod }) => touches(podClass, pod.metadata?.labels)),
      // The pod that left may have been one that did not want this one near.
      hint('podGone', ({ podClass }, { pod }) => Boolean(pod.spec?.affinity?.podAntiAffinity) || touches(podClass, pod.metadata?.labels)),
      hint('namespace'),
      hint('node'),
    ],
  };
}
