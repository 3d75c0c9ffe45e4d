/** What every workload has: a selector that finds the pods of its template (kubernetes: pkg/apis/apps/validation). */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import type { LabelSelector } from '../../../types/selectors.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, IMMUTABLE, invalid, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';
import { podTemplateFaults } from './pod-spec.ts';
import { isEmptySelector, labelSelectorFaults, selects } from './selectors.ts';

interface Workload {
  selector?: LabelSelector | null;
  template?: Wire<V1PodTemplateSpec> | null;
}

/** `word` is how messages name the kind: Kubernetes says "deployment" for a ReplicaSet as well. */
export function workloadFaults({ selector, template }: Workload, word: string, at = 'spec'): FieldError[] {
  const faults: FieldError[] = [];
  if (!selector) faults.push(required(`${at}.selector`));
  else {
    faults.push(...labelSelectorFaults(selector, `${at}.selector`));
    if (isEmptySelector(selector)) faults.push(invalid(`${at}.selector`, selector, `empty selector is invalid for ${word}`));
  }
  const match = selects(selector, template?.metadata?.labels);
  // The template of an owner whose selector can't be read is not looked at.
  if (match === undefined || faults.some((f) => f.field.startsWith(`${at}.selector.match`))) {
    return [...faults, invalid(`${at}.selector`, selector, 'invalid label selector')];
  }
  if (!match) faults.push(labelMismatch(template, at));
  return [...faults, ...podTemplateFaults(template, `${at}.template`), ...alwaysFaults(template, `${at}.template.spec`)];
}

export function labelMismatch(template: Wire<V1PodTemplateSpec> | undefined | null, at = 'spec'): FieldError {
  return invalid(`${at}.template.metadata.labels`, template?.metadata?.labels, '`selector` does not match template `labels`');
}

/** Pods that are replaced when they end must themselves restart. */
export function alwaysFaults(template: Wire<V1PodTemplateSpec> | undefined | null, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const policy = template?.spec?.restartPolicy;
  if (policy && policy !== 'Always') faults.push(notSupported(`${at}.restartPolicy`, policy, ['Always']));
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    faults.push(forbidden(`${at}.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported'));
  }
  return faults;
}

export function immutable(now: unknown, before: unknown, at: string): FieldError[] {
  return semanticallyEqual(now, before) ? [] : [invalid(at, now, IMMUTABLE)];
}
