/** ReplicaSets and ReplicationControllers. */
import type { V1ReplicaSet, V1ReplicationController } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { invalid, nonNegative, required } from '../field-error.ts';
import { podTemplateFaults } from '../rules/pod-spec.ts';
import { templateWarnings } from '../rules/warnings.ts';
import { alwaysFaults, immutable, labelMismatch, workloadFaults } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type ReplicaSet = Wire<V1ReplicaSet>;
type Controller = Wire<V1ReplicationController>;

export const replicaSetStrategy: Strategy = {
  validate: (object) => specFaults(object as ReplicaSet),
  validateUpdate: (object, before) => [
    ...specFaults(object as ReplicaSet),
    ...immutable((object as ReplicaSet).spec?.selector, (before as ReplicaSet).spec?.selector, 'spec.selector'),
  ],
  validateStatusUpdate: (object) => replicaCountFaults((object as ReplicaSet).status),
  warnings: (object) => templateWarnings((object as ReplicaSet).spec?.template),
};

function specFaults({ spec }: ReplicaSet): FieldError[] {
  if (!spec) return [];
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...workloadFaults(spec, 'deployment'),
  ];
}

export const replicationControllerStrategy: Strategy = {
  validate: (object) => controllerFaults(object as Controller),
  validateUpdate: (object) => controllerFaults(object as Controller),
  validateStatusUpdate: (object) => replicaCountFaults((object as Controller).status),
  warnings: (object) => templateWarnings((object as Controller).spec?.template),
};

function controllerFaults({ spec }: Controller): FieldError[] {
  if (!spec) return [];
  const faults = [...nonNegative('spec.minReadySeconds', spec.minReadySeconds)];
  const selector = spec.selector ?? {};
  if (Object.keys(selector).length === 0) faults.push(required('spec.selector'));
  faults.push(...nonNegative('spec.replicas', spec.replicas));
  if (!spec.template) return [...faults, required('spec.template')];
  const labels = spec.template.metadata?.labels ?? {};
  if (Object.entries(selector).some(([key, value]) => labels[key] !== value)) faults.push(labelMismatch(spec.template));
  return [...faults, ...podTemplateFaults(spec.template, 'spec.template'), ...alwaysFaults(spec.template, 'spec.template.spec')];
}

interface Counts {
  replicas?: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
}

export function replicaCountFaults(status: Counts | undefined): FieldError[] {
  const faults: FieldError[] = [];
  const of = (field: keyof Counts) => status?.[field] ?? 0;
  const parts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;
  for (const field of ['replicas', ...parts, 'observedGeneration'] as const) faults.push(...nonNegative(`status.${field}`, of(field)));
  for (const field of parts) {
    if (of(field) > of('replicas')) faults.push(invalid(`status.${field}`, of(field), 'cannot be greater than status.replicas'));
  }
  if (of('availableReplicas') > of('readyReplicas')) {
    faults.push(invalid('status.availableReplicas', of('availableReplicas'), 'cannot be greater than readyReplicas'));
  }
  return faults;
}
