/** Label selectors and node selectors, compiled once into predicates. */
import type * as k8s from '@kubernetes/client-node';
import type { Wire } from '../../types/wire.ts';

export type Labels = Readonly<Record<string, string>>;
export type LabelSelector = Wire<k8s.V1LabelSelector>;
export type NodeSelectorTerm = Wire<k8s.V1NodeSelectorTerm>;
type Requirement = { key: string; operator: string; values?: string[] };
type Test = (labels: Labels) => boolean;

export interface Selector {
  matches(labels: Labels): boolean;
  /** Selects everything, because it asks for nothing. */
  readonly everything: boolean;
  /** Equal keys select the same. */
  readonly key: string;
}

const WHOLE_NUMBER = /^[+-]?\d+$/;

function test({ key, operator, values = [] }: Requirement): Test {
  switch (operator) {
    case 'In':
      return (labels) => labels[key] !== undefined && values.includes(labels[key]);
    case 'NotIn':
      return (labels) => labels[key] === undefined || !values.includes(labels[key]);
    case 'Exists':
      return (labels) => labels[key] !== undefined;
    case 'DoesNotExist':
      return (labels) => labels[key] === undefined;
    case 'Gt':
    case 'Lt': {
      const bound = values[0] ?? '';
      const sign = operator === 'Gt' ? 1 : -1;
      if (!WHOLE_NUMBER.test(bound)) return () => false;
      return (labels) => WHOLE_NUMBER.test(labels[key] ?? '') && sign * Math.sign(Number(labels[key]) - Number(bound)) > 0;
    }
    default:
      return () => false;
  }
}

const every = (tests: Test[]): Test => (tests.length === 1 && tests[0] ? tests[0] : (labels) => tests.every((t) => t(labels)));

export const NOTHING: Selector = { matches: () => false, everything: false, key: 'nothing' };

/** A LabelSelector: absent selects nothing, empty selects everything. */
export function compileSelector(selector: LabelSelector | null | undefined, more: Requirement[] = []): Selector {
  if (!selector) return NOTHING;
  const requirements: Requirement[] = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
    ...(selector.matchExpressions ?? []),
    ...more,
  ];
  const parts = requirements.map((r) => `${r.key} ${r.operator} ${r.values ? [...r.values].sort().join(',') : ''}`);
  return { matches: every(requirements.map(test)), everything: requirements.length === 0, key: parts.sort().join(';') };
}

/** Labels that must all be there, as a Service selects. */
export function selectorOfLabels(labels: Labels): Selector {
  return compileSelector({ matchLabels: { ...labels } });
}

/** Any of the terms; a term without expressions and fields matches no node, and so do no terms. */
export function compileNodeTerms(terms: NodeSelectorTerm[]): (labels: Labels, name: string) => boolean {
  const compiled = terms.map(compileNodeTerm).filter((term) => term !== undefined);
  return (labels, name) => compiled.some((term) => term(labels, name));
}

/** `undefined` for a term that asks for nothing. The only field that nodes are selected by is `metadata.name`. */
export function compileNodeTerm(term: NodeSelectorTerm): ((labels: Labels, name: string) => boolean) | undefined {
  const onLabels = (term.matchExpressions ?? []).map(test);
  const onFields = (term.matchFields ?? []).map(test);
  if (onLabels.length + onFields.length === 0) return undefined;
  return (labels, name) =>
    onLabels.every((t) => t(labels)) && (onFields.length === 0 || onFields.every((t) => t({ 'metadata.name': name })));
}
