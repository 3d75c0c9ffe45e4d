/** Label selectors (k8s.io/apimachinery/pkg/apis/meta/v1/validation). */
import { labelValue, qualifiedName } from '../../../types/names.ts';
import { type LabelSelector, labelSelectorMatcher, SelectorError } from '../../../types/selectors.ts';
import { forbidden, invalid, invalidEach, required } from '../field-error.ts';
import { labelFaults } from '../metadata.ts';
import type { FieldError } from '../strategy.ts';

export function labelSelectorFaults(selector: LabelSelector | undefined | null, at: string): FieldError[] {
  if (!selector) return [];
  const faults = labelFaults(selector.matchLabels, `${at}.matchLabels`);
  for (const [i, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const path = `${at}.matchExpressions[${i}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) faults.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) faults.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else faults.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
    faults.push(...invalidEach(`${path}.key`, key, qualifiedName(key)));
    for (const [j, value] of values.entries()) faults.push(...invalidEach(`${path}.values[${j}]`, value, labelValue(value)));
  }
  return faults;
}

/** Whether the pods of a template would be found by its owner's selector. A selector that can't be read matches none. */
export function selects(selector: LabelSelector | undefined | null, labels: Record<string, string> | undefined): boolean | undefined {
  try {
    return labelSelectorMatcher(selector)(labels);
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
}

export const isEmptySelector = (selector: LabelSelector) =>
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
