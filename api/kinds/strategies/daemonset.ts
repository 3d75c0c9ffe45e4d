/** DaemonSets count changes of their template in an annotation that old clients read. */
import type { V1DaemonSet } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Wire } from '../../../types/wire.ts';
import { invalid, nonNegative, notSupported, required } from '../field-error.ts';
import { atMostAllFaults, intOrPercentFaults, isZero } from '../rules/percent.ts';
import { templateWarnings } from '../rules/warnings.ts';
import { immutable, workloadFaults } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type DaemonSet = Wire<V1DaemonSet>;

const GENERATION = 'deprecated.daemonset.template.generation';

export const daemonSetStrategy: Strategy = {
  prepareForCreate(object) {
    annotate(object as DaemonSet, 1);
  },
  prepareForUpdate(object, before) {
    const set = object as DaemonSet;
    const old = before as DaemonSet;
    const generation = Number(old.metadata?.annotations?.[GENERATION] ?? 0);
    annotate(set, semanticallyEqual(set.spec?.template, old.spec?.template) ? generation : generation + 1);
  },
  validate: (object) => specFaults(object as DaemonSet),
  validateUpdate: (object, before) => [
    ...specFaults(object as DaemonSet),
    ...immutable((object as DaemonSet).spec?.selector, (before as DaemonSet).spec?.selector, 'spec.selector'),
  ],
  warnings: (object) => templateWarnings((object as DaemonSet).spec?.template),
};

function annotate(set: DaemonSet, generation: number): void {
  if (set.metadata) set.metadata.annotations = { ...set.metadata.annotations, [GENERATION]: String(generation) };
}

function specFaults({ spec }: DaemonSet): FieldError[] {
  if (!spec) return [];
  return [
    ...workloadFaults(spec, 'daemonset'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...updateFaults(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}

function updateFaults({ type, rollingUpdate }: NonNullable<NonNullable<DaemonSet['spec']>['updateStrategy']>, at: string): FieldError[] {
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [notSupported(at, { Type: type ?? '', RollingUpdate: rollingUpdate ?? null }, ['RollingUpdate', 'OnDelete'])];
  if (!rollingUpdate) return [required(`${at}.rollingUpdate`)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const path = `${at}.rollingUpdate`;
  const faults = [
    ...intOrPercentFaults(maxUnavailable, `${path}.maxUnavailable`),
    ...atMostAllFaults(maxUnavailable, `${path}.maxUnavailable`),
    ...intOrPercentFaults(maxSurge, `${path}.maxSurge`),
    ...atMostAllFaults(maxSurge, `${path}.maxSurge`),
  ];
  if (!isZero(maxSurge) && !isZero(maxUnavailable)) {
    faults.push(invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  }
  if (isZero(maxSurge) && isZero(maxUnavailable)) faults.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return faults;
}
