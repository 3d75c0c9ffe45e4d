/** One condition of a label selector, checked as Kubernetes checks it. */
import { labelValue } from './names.ts';

export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  key: string;
  operator: LabelOperator;
  /** Sorted. */
  values: string[];
}

/** A selector that can't be read: its message is that of a 400. */
export class SelectorError extends Error {
  override name = 'SelectorError';
}

export function sortByKey(requirements: Requirement[]): Requirement[] {
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** labels.NewRequirement */
export function checkedRequirement(key: string, operator: LabelOperator, values: string[]): Requirement {
  const faults: string[] = [];
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    faults.push(`values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty`);
  }
  if ((operator === 'exists' || operator === '!') && values.length > 0) {
    faults.push(`values: Invalid value: ${JSON.stringify(values)}: values set must be empty for exists and does not exist`);
  }
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => {
      if (!/^[+-]?\d+$/.test(value)) {
        faults.push(`values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
      }
    });
  }
  values.forEach((value, i) => {
    const wrong = labelValue(value);
    if (wrong.length > 0) faults.push(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong.join('; ')}`);
  });
  if (faults.length > 0) throw new SelectorError(faults.length === 1 ? (faults[0] ?? '') : `[${faults.join(', ')}]`);
  return { key, operator, values };
}
