/** Node selectors and node affinity, required and preferred; and what the profile's `addedAffinity` demands of all its pods. */

import type { PodClass } from '../../cache/pod-class.ts';
import { compileNodeTerm, compileNodeTerms, compileSelector, type Labels, type NodeSelectorTerm } from '../../cache/selector.ts';
import type { Affinity } from '../../cache/terms.ts';
import { hint } from '../../framework/events.ts';
import { type Plugin, perClass, refusal } from '../../framework/plugin.ts';

export type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type NodeTest = (labels: Labels, name: string) => boolean;

const requiredTerms = (affinity: NodeAffinity | undefined) => affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;

/** Whether a node is one that the pod's own selector and affinity allow; `undefined`: all are. Also what topology spreading honours. */
export const allowedNodes = perClass((podClass): NodeTest | undefined => {
  const { nodeSelector } = podClass;
  const terms = requiredTerms(podClass.nodeAffinity);
  const selector = nodeSelector && Object.keys(nodeSelector).length > 0 ? compileSelector({ matchLabels: { ...nodeSelector } }) : undefined;
  const byTerms = terms ? compileNodeTerms(terms) : undefined;
  if (!selector && !byTerms) return undefined;
  return (labels, name) => (selector?.matches(labels) ?? true) && (byTerms?.(labels, name) ?? true);
});

/** The nodes that the terms name by `metadata.name`; `undefined` if some term leaves the name open. */
export function namedNodes(terms: NodeSelectorTerm[] | undefined): Set<string> | undefined {
  if (!terms?.length) return undefined;
  const named = new Set<string>();
  for (const term of terms) {
    const fields = (term.matchFields ?? []).filter((field) => field.key === 'metadata.name' && field.operator === 'In');
    if (fields.length === 0) return undefined;
    const [first, ...others] = fields.map((field) => new Set(field.values ?? []));
    for (const node of first ?? []) if (others.every((other) => other.has(node))) named.add(node);
  }
  return named;
}

function compilePreferred(affinity: NodeAffinity | undefined): { weight: number; matches: NodeTest }[] {
  return (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ weight, preference }) => {
    const matches = compileNodeTerm(preference);
    return matches && weight !== 0 ? [{ weight, matches }] : [];
  });
}

export function nodeAffinity(args: { addedAffinity?: NodeAffinity } = {}): Plugin {
  const name = 'NodeAffinity';
  const notMatched = refusal(name, "node(s) didn't match Pod's node affinity/selector");
  const notAdded = refusal(name, "node(s) didn't match scheduler-enforced node affinity");
  const conflict = refusal(name, 'pod affinity terms conflict');
  const addedTerms = requiredTerms(args.addedAffinity);
  const added = addedTerms ? compileNodeTerms(addedTerms) : undefined;
  const addedPreferred = compilePreferred(args.addedAffinity);
  const preferred = perClass((podClass: PodClass) => [...addedPreferred, ...compilePreferred(podClass.nodeAffinity)]);
  const named = perClass((podClass: PodClass) => namedNodes(requiredTerms(podClass.nodeAffinity)));
  return {
    name,
    shape: ({ nodeSelector, nodeAffinity }) => JSON.stringify([nodeSelector, nodeAffinity]),
    prepareFilter: ({ podClass }, { nodes }) => {
      const allowed = allowedNodes(podClass);
      if (!allowed && !added) return undefined;
      const only = named(podClass);
      if (only?.size === 0) return { refused: conflict };
      const verdict = (slot: number) => {
        const node = nodes.at[slot];
        if (!node) return notMatched;
        if (added && !added(node.labels, node.name)) return notAdded;
        return allowed && !allowed(node.labels, node.name) ? notMatched : undefined;
      };
      return only ? { nodes: only, verdict } : { verdict };
    },
    prepareScore: ({ podClass }, { nodes }) => {
      const terms = preferred(podClass);
      if (terms.length === 0) return undefined;
      const raw = (slot: number) => {
        const node = nodes.at[slot];
        let sum = 0;
        if (node) for (const term of terms) if (term.matches(node.labels, node.name)) sum += term.weight;
        return sum;
      };
      return { raw, normalize: 'most' };
    },
    hints: [
      hint('node', ({ podClass }, { node, before }) => {
        const allows = (n: typeof node) => {
          const labels = n.metadata?.labels ?? {};
          const nodeName = n.metadata?.name ?? '';
          return (added?.(labels, nodeName) ?? true) && (allowedNodes(podClass)?.(labels, nodeName) ?? true);
        };
        return allows(node) && !(before && allows(before));
      }),
    ],
  };
}
