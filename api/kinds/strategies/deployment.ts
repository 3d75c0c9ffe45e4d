/** Deployments. */
import type { V1Deployment, V1DeploymentStrategy } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, nonNegative, notSupported, required } from '../field-error.ts';
import { atMostAllFaults, intOrPercentFaults, isZero } from '../rules/percent.ts';
import { templateWarnings } from '../rules/warnings.ts';
import { immutable, workloadFaults } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Deployment = Wire<V1Deployment>;

export const deploymentStrategy: Strategy = {
  prepareForUpdate(object, before) {
    // Its annotations are copied to ReplicaSets: a change of them is something to act on.
    const generation = before.metadata?.generation ?? 0;
    if (!object.metadata || object.metadata.generation !== generation) return;
    if (!semanticallyEqual(object.metadata.annotations, before.metadata?.annotations)) object.metadata.generation = generation + 1;
  },
  prepareForStatusUpdate(object, before) {
    // Writing the status does not change labels.
    if (!object.metadata) return;
    if (before.metadata?.labels) object.metadata.labels = before.metadata.labels;
    else delete object.metadata.labels;
  },
  validate: (object) => specFaults(object as Deployment),
  validateUpdate: (object, before) => [
    ...specFaults(object as Deployment),
    ...immutable((object as Deployment).spec?.selector, (before as Deployment).spec?.selector, 'spec.selector'),
  ],
  validateStatusUpdate: (object, before) => statusFaults(object as Deployment, before as Deployment),
  warnings: (object) => templateWarnings((object as Deployment).spec?.template),
};

function specFaults({ spec }: Deployment): FieldError[] {
  if (!spec) return [];
  const faults = [
    ...nonNegative('spec.replicas', spec.replicas),
    ...workloadFaults(spec, 'deployment'),
    ...strategyFaults(spec.strategy ?? {}, 'spec.strategy'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return faults;
  faults.push(...nonNegative('spec.progressDeadlineSeconds', deadline));
  if (deadline <= (spec.minReadySeconds ?? 0)) {
    faults.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return faults;
}

function strategyFaults(strategy: Wire<V1DeploymentStrategy>, at: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    return rollingUpdate ? [forbidden(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  if (type !== 'RollingUpdate') {
    return [notSupported(at, { Type: type ?? '', RollingUpdate: rollingUpdate ?? null }, ['Recreate', 'RollingUpdate'])];
  }
  if (!rollingUpdate) return [required(`${at}.rollingUpdate`, 'this should be defaulted and never be nil')];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const path = `${at}.rollingUpdate`;
  const faults = [...intOrPercentFaults(maxUnavailable, `${path}.maxUnavailable`), ...intOrPercentFaults(maxSurge, `${path}.maxSurge`)];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    faults.push(invalid(`${path}.maxUnavailable`, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...faults, ...atMostAllFaults(maxUnavailable, `${path}.maxUnavailable`)];
}

const COUNTS = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;

function statusFaults({ status }: Deployment, before: Deployment): FieldError[] {
  const faults: FieldError[] = [];
  const of = (field: 'observedGeneration' | 'replicas' | 'unavailableReplicas' | 'collisionCount' | (typeof COUNTS)[number]) =>
    status?.[field] ?? 0;
  for (const field of ['observedGeneration', 'replicas', ...COUNTS, 'unavailableReplicas', 'collisionCount'] as const) {
    faults.push(...nonNegative(`status.${field}`, of(field)));
  }
  for (const field of COUNTS) {
    if (of(field) > of('replicas')) faults.push(invalid(`status.${field}`, of(field), 'cannot be greater than status.replicas'));
  }
  if (of('availableReplicas') > of('readyReplicas')) {
    faults.push(invalid('status.availableReplicas', of('availableReplicas'), 'cannot be greater than readyReplicas'));
  }
  if (of('collisionCount') < (before.status?.collisionCount ?? 0)) {
    faults.push(invalid('status.collisionCount', of('collisionCount'), 'cannot be decremented'));
  }
  return faults;
}
