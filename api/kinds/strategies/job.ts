/** Jobs find their pods by labels that the server makes of the job's own identity. */
import type { V1Job, V1JobSpec } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Wire } from '../../../types/wire.ts';
import { invalid, nonNegative, notSupported, required } from '../field-error.ts';
import { podTemplateFaults } from '../rules/pod-spec.ts';
import { labelSelectorFaults, selects } from '../rules/selectors.ts';
import { templateWarnings } from '../rules/warnings.ts';
import { immutable, labelMismatch } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Job = Wire<V1Job>;
type Spec = Wire<V1JobSpec>;

export const jobStrategy: Strategy = {
  prepareForCreate(object) {
    const { spec, metadata } = object as Job;
    if (!spec || !metadata || spec.manualSelector) return;
    const uid = metadata.uid ?? '';
    const name = metadata.name ?? '';
    const labels = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
    // Labels that defaulting took from the template stay those of the template.
    const shared = semanticallyEqual(metadata.labels, spec.template.metadata?.labels);
    spec.template.metadata = { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...labels } };
    if (shared) metadata.labels = { ...spec.template.metadata.labels };
    spec.selector ??= {};
    spec.selector.matchLabels = { ...spec.selector.matchLabels, 'batch.kubernetes.io/controller-uid': uid };
  },
  validate: (object) => jobSpecFaults((object as Job).spec, 'spec', true),
  validateUpdate(object, before) {
    const { spec } = object as Job;
    const faults = jobSpecFaults(spec, 'spec', true);
    // Kubernetes looks twice, and names each cause twice.
    return [...faults, ...faults, ...changeFaults(spec, (before as Job).spec)];
  },
  warnings: (object) => templateWarnings((object as Job).spec?.template),
};

/** A CronJob's template has no selector of its own. */
export function jobSpecFaults(spec: Spec | undefined, at: string, withSelector: boolean): FieldError[] {
  if (!spec) return [];
  const faults: FieldError[] = [];
  if (withSelector) {
    if (!spec.selector) faults.push(required(`${at}.selector`));
    else faults.push(...labelSelectorFaults(spec.selector, `${at}.selector`));
    if (!selects(spec.selector, spec.template?.metadata?.labels)) faults.push(labelMismatch(spec.template, at));
  }
  for (const field of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'] as const) {
    faults.push(...nonNegative(`${at}.${field}`, spec[field]));
  }
  faults.push(...nonNegative(`${at}.backoffLimitPerIndex`, spec.backoffLimitPerIndex));
  const modes = ['Indexed', 'NonIndexed'];
  if (spec.completionMode !== undefined && !modes.includes(spec.completionMode)) {
    faults.push(notSupported(`${at}.completionMode`, spec.completionMode, modes));
  }
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) {
    faults.push(required(`${at}.completions`, 'when completion mode is Indexed'));
  }
  return [...faults, ...podTemplateFaults(spec.template, `${at}.template`), ...restartFaults(spec, `${at}.template.spec.restartPolicy`)];
}

/** A job counts the ends of its pods: they must end. */
function restartFaults({ template }: Spec, at: string): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? '';
  if (policy === 'Always' || policy === '') return [required(at, 'valid values: "OnFailure", "Never"')];
  return policy === 'OnFailure' || policy === 'Never' ? [] : [notSupported(at, policy, ['OnFailure', 'Never'])];
}

function changeFaults(spec: Spec | undefined, before: Spec | undefined): FieldError[] {
  if (!spec || !before) return [];
  const faults: FieldError[] = [];
  if (spec.completions !== before.completions) {
    // An indexed job may grow and shrink as long as it runs as many as it has.
    const elastic = spec.completionMode === 'Indexed' && spec.completions !== undefined && before.completions !== undefined;
    if (!elastic) faults.push(...immutable(spec.completions, before.completions, 'spec.completions'));
    else if (spec.completions !== spec.parallelism) {
      const detail = `can only be modified in tandem with spec.parallelism`;
      faults.push(invalid('spec.completions', spec.completions, detail));
    }
  }
  faults.push(...immutable(spec.selector, before.selector, 'spec.selector'));
  if (!before.suspend) faults.push(...immutable(spec.template, before.template, 'spec.template'));
  faults.push(...immutable(spec.completionMode, before.completionMode, 'spec.completionMode'));
  faults.push(...immutable(spec.podFailurePolicy, before.podFailurePolicy, 'spec.podFailurePolicy'));
  faults.push(...immutable(spec.backoffLimitPerIndex, before.backoffLimitPerIndex, 'spec.backoffLimitPerIndex'));
  faults.push(...immutable(spec.managedBy, before.managedBy, 'spec.managedBy'));
  return [...faults, ...immutable(spec.successPolicy, before.successPolicy, 'spec.successPolicy')];
}
