/** Topology spread constraints, those a pod states or those that the profile gives to pods that state none. */

import type { Counter, Domains } from '../../cache/census.ts';
import type { Cluster } from '../../cache/cluster.ts';
import type { PodClass, SpreadConstraint } from '../../cache/pod-class.ts';
import { compileSelector, type Selector } from '../../cache/selector.ts';
import type { Topology } from '../../cache/topology.ts';
import { allowedNodes } from '../node-affinity/node-affinity.ts';
import { repels } from '../taint-toleration/tolerations.ts';

export interface Constraint {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly topology: Topology;
  /** The pods that are to be spread, by node and by domain. */
  readonly counter: Counter;
  readonly domains: Domains;
  /** 1 if the pod itself is one of them. */
  readonly self: 0 | 1;
}

export interface Constraints {
  readonly hard: readonly Constraint[];
  readonly soft: readonly Constraint[];
  /** Whether nodes that lack one of the keys are left out of soft spreading. */
  readonly allKeys: boolean;
  release(): void;
}

export interface SpreadArgs {
  /** Default `System`: hosts with a skew of 3 and zones with 5, both soft. `List`: those of `defaultConstraints`. */
  defaultingType?: 'System' | 'List';
  defaultConstraints?: SpreadConstraint[];
}

const SYSTEM_DEFAULTS: SpreadConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
];

export function defaultsOf(args: SpreadArgs): SpreadConstraint[] {
  return (args.defaultingType ?? 'System') === 'System' ? SYSTEM_DEFAULTS : (args.defaultConstraints ?? []);
}

/** Matching pods of the pod's namespace that are not being deleted. */
function countMatching(cluster: Cluster, namespace: string, selector: Selector): Counter {
  return cluster.census.counter({
    key: `spread|${namespace}|${selector.key}`,
    namespace,
    counts: (podClass) => podClass.namespace === namespace && selector.matches(podClass.labels),
    terminatingToo: false,
  });
}

function selectorOf(constraint: SpreadConstraint, podClass: PodClass): Selector {
  const more = (constraint.matchLabelKeys ?? []).flatMap((key) => {
    const value = podClass.labels[key];
    return value === undefined ? [] : [{ key, operator: 'In', values: [value] }];
  });
  return compileSelector(constraint.labelSelector, more);
}

/** Which nodes take part: by the pod's node affinity (unless ignored), by their taints (if honoured), and by having all the keys. */
function eligibility(constraint: SpreadConstraint, podClass: PodClass, cluster: Cluster, keys: Topology[]) {
  const byAffinity = (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor' ? allowedNodes(podClass) : undefined;
  const byTaints = constraint.nodeTaintsPolicy === 'Honor';
  const policy = JSON.stringify([
    keys.map((topology) => topology.key),
    byAffinity && [podClass.nodeSelector, podClass.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution],
    byTaints && podClass.tolerations,
  ]);
  const isEligible = (slot: number): boolean => {
    const node = cluster.nodes.at[slot];
    if (!node || keys.some((topology) => (topology.domainOf[slot] ?? -1) < 0)) return false;
    if (byAffinity && !byAffinity(node.labels, node.name)) return false;
    return !(byTaints && repels(node.taints, podClass.tolerations));
  };
  return { policy, isEligible };
}

export function resolveConstraints(podClass: PodClass, cluster: Cluster, args: SpreadArgs): Constraints {
  const own = podClass.spread.length > 0;
  const selector = own ? undefined : cluster.workloads.selectorFor(podClass);
  const stated = own ? podClass.spread : selector ? defaultsOf(args) : [];
  const allKeys = own || (args.defaultingType ?? 'System') !== 'System';
  const counters: Counter[] = [];
  const resolve = (action: string, needKeys: boolean): Constraint[] => {
    const wanted = stated.filter((constraint) => constraint.whenUnsatisfiable === action);
    const keys = needKeys ? wanted.map((constraint) => cluster.nodes.topology(constraint.topologyKey)) : [];
    return wanted.map((constraint) => {
      const matching = selector ?? selectorOf(constraint, podClass);
      const counter = countMatching(cluster, podClass.namespace, matching);
      counters.push(counter);
      const { policy, isEligible } = eligibility(constraint, podClass, cluster, keys);
      return {
        maxSkew: constraint.maxSkew,
        minDomains: constraint.minDomains ?? 1,
        topology: cluster.nodes.topology(constraint.topologyKey),
        counter,
        domains: cluster.census.domains(counter, constraint.topologyKey, policy, isEligible),
        self: matching.matches(podClass.labels) ? 1 : 0,
      };
    });
  };
  return {
    hard: resolve('DoNotSchedule', true),
    soft: resolve('ScheduleAnyway', allKeys),
    allKeys,
    release: () => {
      for (const counter of counters) cluster.census.release(counter);
    },
  };
}
