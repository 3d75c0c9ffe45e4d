/** Inter-pod affinity terms, resolved against the pod that states them. */
import type * as k8s from '@kubernetes/client-node';
import type { Wire } from '../../types/wire.ts';
import { compileSelector, type Labels, type Selector } from './selector.ts';

type PodAffinityTerm = Wire<k8s.V1PodAffinityTerm>;
export type Affinity = Wire<k8s.V1Affinity>;

export interface Term {
  readonly topologyKey: string;
  readonly selector: Selector;
  /** Named namespaces; those that `namespaceSelector` selects come on top. */
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector | undefined;
  /** Of a preferred term; 0 of a required one. */
  readonly weight: number;
  /** Equal keys mean the same. */
  readonly key: string;
}

export interface Terms {
  readonly required: readonly Term[];
  readonly preferred: readonly Term[];
}

function requirementsOf(keys: string[] | undefined, labels: Labels, operator: string) {
  return (keys ?? []).flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]));
}

/**
 * A term without namespaces and without a selector of namespaces means the pod's own namespace. The API server merges matchLabelKeys into the
 * selector at creation; merging them again changes nothing.
 */
function resolve(term: PodAffinityTerm, weight: number, namespace: string, labels: Labels): Term {
  const selector = compileSelector(term.labelSelector, [
    ...requirementsOf(term.matchLabelKeys, labels, 'In'),
    ...requirementsOf(term.mismatchLabelKeys, labels, 'NotIn'),
  ]);
  const named = term.namespaces ?? [];
  const namespaces = new Set(named.length === 0 && !term.namespaceSelector ? [namespace] : named);
  const namespaceSelector = term.namespaceSelector ? compileSelector(term.namespaceSelector) : undefined;
  const spaces = `${[...namespaces].sort().join(',')}|${namespaceSelector?.key ?? 'none'}`;
  return {
    topologyKey: term.topologyKey,
    selector,
    namespaces,
    namespaceSelector,
    weight,
    key: `${term.topologyKey}|${spaces}|${selector.key}|${weight}`,
  };
}

type Stated = Affinity['podAffinity'] | Affinity['podAntiAffinity'];

export function termsOf(stated: Stated, namespace: string, labels: Labels): Terms {
  return {
    required: (stated?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => resolve(term, 0, namespace, labels)),
    preferred: (stated?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((soft) =>
      resolve(soft.podAffinityTerm, soft.weight, namespace, labels),
    ),
  };
}

/** Whether a pod of these labels in this namespace is one that the term speaks of. */
export function selects(term: Term, namespace: string, namespaceLabels: Labels, labels: Labels): boolean {
  const inside = term.namespaces.has(namespace) || (term.namespaceSelector?.matches(namespaceLabels) ?? false);
  return inside && term.selector.matches(labels);
}
