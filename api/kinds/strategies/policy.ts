/** PodDisruptionBudgets and PriorityClasses. */
import type { V1PodDisruptionBudget, V1PriorityClass } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, notSupported } from '../field-error.ts';
import { atMostAllFaults, intOrPercentFaults } from '../rules/percent.ts';
import { labelSelectorFaults } from '../rules/selectors.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Budget = Wire<V1PodDisruptionBudget>;
type PriorityClass = Wire<V1PriorityClass>;

export const disruptionBudgetStrategy: Strategy = {
  validate: (object) => budgetFaults(object as Budget),
  validateUpdate: (object) => budgetFaults(object as Budget),
};

function budgetFaults({ spec }: Budget): FieldError[] {
  if (!spec) return [];
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const faults: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    faults.push(invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    faults.push(...intOrPercentFaults(value, `spec.${field}`), ...atMostAllFaults(value, `spec.${field}`));
  }
  faults.push(...labelSelectorFaults(selector, 'spec.selector'));
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  if (policy !== undefined && !policies.includes(policy)) faults.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, policies));
  return faults;
}

/** Above are the cluster's own. */
const HIGHEST_OF_USERS = 1_000_000_000;
const SYSTEM: Record<string, number> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

export const priorityClassStrategy: Strategy = {
  validate: (object) => priorityFaults(object as PriorityClass),
  validateUpdate(object, before) {
    const now = object as PriorityClass;
    const then = before as PriorityClass;
    const faults: FieldError[] = [];
    if ((now.value ?? 0) !== (then.value ?? 0)) faults.push(forbidden('value', 'may not be changed in an update.'));
    if (now.preemptionPolicy !== then.preemptionPolicy)
      faults.push(invalid('preemptionPolicy', now.preemptionPolicy, 'field is immutable'));
    return faults;
  },
};

function priorityFaults({ metadata, value = 0, globalDefault, preemptionPolicy }: PriorityClass): FieldError[] {
  const faults: FieldError[] = [];
  const name = metadata?.name ?? '';
  if (name.startsWith('system-')) {
    const own = SYSTEM[name];
    const why =
      own === undefined
        ? `${name} is not a known system priority class`
        : own !== value
          ? `value of ${name} PriorityClass must be ${own}`
          : '';
    if (why || globalDefault) {
      const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${why || `globalDefault of ${name} PriorityClass must be false`}`;
      faults.push(forbidden('metadata.name', detail));
    }
  } else if (value > HIGHEST_OF_USERS) {
    faults.push(forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_OF_USERS}`));
  }
  const policies = ['PreemptLowerPriority', 'Never'];
  if (preemptionPolicy !== undefined && !policies.includes(preemptionPolicy)) {
    faults.push(notSupported('preemptionPolicy', preemptionPolicy, policies));
  }
  return faults;
}
