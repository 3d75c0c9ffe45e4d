/** Which labels a node would need for a pod's node selector and required node affinity. */
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { compileNodeTerm, type Labels, type NodeSelectorTerm } from '../cache/selector.ts';

type Expression = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

const has = (labels: Labels, key: string) => (labels[key] === undefined ? `has no ${key}` : `has ${key}=${labels[key]}`);

function text({ key, operator, values = [] }: Expression): string {
  const list = values.length === 1 ? values[0] : `(${values.join(', ')})`;
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `no ${key}`;
  return `${key} ${{ In: values.length === 1 ? '=' : 'in', NotIn: 'not in', Gt: '>', Lt: '<' }[operator] ?? operator} ${list}`;
}

/** What of one term the node does not meet. */
function unmet(term: NodeSelectorTerm, labels: Labels, name: string): string[] {
  const onLabels = (term.matchExpressions ?? [])
    .filter((expression) => !compileNodeTerm({ matchExpressions: [expression] })?.(labels, name))
    .map((expression) => `needs label ${text(expression)} (the node ${has(labels, expression.key)})`);
  const onFields = (term.matchFields ?? [])
    .filter((field) => !compileNodeTerm({ matchFields: [field] })?.(labels, name))
    .map((field) => `the pod's affinity allows only ${text(field)}`);
  return [...onLabels, ...onFields];
}

export function adviseLabels({ podClass }: PodInfo, { nodes }: Cluster): (slot: number) => string[] {
  const terms = podClass.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return (slot) => {
    const node = nodes.at[slot];
    if (!node) return [];
    const selector = Object.entries(podClass.nodeSelector ?? {})
      .filter(([key, value]) => node.labels[key] !== value)
      .map(([key, value]) => `needs label ${key} = ${value} (the node ${has(node.labels, key)})`);
    // Terms are alternatives: the one that lacks least is the one to meet.
    const byTerm = terms.map((term) => unmet(term, node.labels, node.name)).sort((a, b) => a.length - b.length);
    return [...selector, ...(byTerm[0] ?? [])];
  };
}
