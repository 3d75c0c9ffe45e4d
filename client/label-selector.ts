/** Label selectors as objects carry them (`metav1.LabelSelector`), compiled to predicates. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export type Labels = Record<string, string> | undefined;
export type LabelPredicate = (labels: Labels) => boolean;

const compiled = new WeakMap<object, LabelPredicate>();

/**
 * Absent selects nothing, empty selects everything. The same selector object is compiled once. An unknown operator selects nothing (the API
 * refuses it).
 */
export function labelPredicate(selector: LabelSelector | undefined): LabelPredicate {
  if (!selector) return () => false;
  const known = compiled.get(selector);
  if (known) return known;
  const made = compile(selector);
  compiled.set(selector, made);
  return made;
}

/** Selects what carries all of these labels; absent or empty selects nothing (as a Service's selector). */
export function equalityPredicate(selector: Record<string, string> | undefined): LabelPredicate {
  const wanted = Object.entries(selector ?? {});
  if (wanted.length === 0) return () => false;
  return (labels) => labels !== undefined && wanted.every(([key, value]) => labels[key] === value);
}

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

function compile(selector: LabelSelector): LabelPredicate {
  const tests: LabelPredicate[] = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) =>
      (labels) =>
        labels?.[key] === value,
  );
  for (const { key, operator, values } of selector.matchExpressions ?? []) tests.push(expression(key, operator, new Set(values)));
  return (labels) => tests.every((test) => test(labels));
}

function expression(key: string, operator: string, values: Set<string>): LabelPredicate {
  const has = (labels: Labels) => labels?.[key] !== undefined;
  const among = (labels: Labels) => has(labels) && values.has(labels?.[key] ?? '');
  if (operator === 'In') return among;
  if (operator === 'NotIn') return (labels) => !among(labels);
  if (operator === 'Exists') return has;
  if (operator === 'DoesNotExist') return (labels) => !has(labels);
  return () => false;
}
