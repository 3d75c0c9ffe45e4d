/** HorizontalPodAutoscalers, in either version. */
import type { V2HorizontalPodAutoscaler, V2HPAScalingRules, V2MetricSpec } from '@kubernetes/client-node';
import { pathSegment } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../field-error.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Autoscaler = Wire<V2HorizontalPodAutoscaler>;
type Metric = Wire<V2MetricSpec>;

export const autoscalerStrategy: Strategy = {
  validate: (object) => specFaults(object as Autoscaler),
  validateUpdate: (object) => specFaults(object as Autoscaler),
};

const METRICS = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

function specFaults({ spec }: Autoscaler): FieldError[] {
  if (!spec) return [];
  const faults: FieldError[] = [];
  const { minReplicas, maxReplicas = 0, scaleTargetRef: target, behavior } = spec;
  if (minReplicas !== undefined && minReplicas < 1)
    faults.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) faults.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    faults.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  for (const field of ['kind', 'name'] as const) {
    const value = target?.[field] ?? '';
    if (!value) faults.push(required(`spec.scaleTargetRef.${field}`));
    else faults.push(...invalidEach(`spec.scaleTargetRef.${field}`, value, pathSegment(value)));
  }
  for (const [i, metric] of (spec.metrics ?? []).entries()) faults.push(...metricFaults(metric, `spec.metrics[${i}]`));
  faults.push(...rulesFaults(behavior?.scaleUp, 'spec.behavior.scaleUp'), ...rulesFaults(behavior?.scaleDown, 'spec.behavior.scaleDown'));
  return faults;
}

function metricFaults(metric: Metric, at: string): FieldError[] {
  if (!metric.type) return [required(`${at}.type`, 'must specify a metric source type')];
  if (!METRICS.includes(metric.type)) return [notSupported(`${at}.type`, metric.type, METRICS)];
  const field = `${metric.type.charAt(0).toLowerCase()}${metric.type.slice(1)}` as 'resource';
  const source = metric[field];
  if (!source) return [required(`${at}.${field}`, 'must populate information for the given metric source')];
  const faults: FieldError[] = [];
  const { target } = source;
  const path = `${at}.${field}.target`;
  if (!target?.type) faults.push(required(`${path}.type`, 'must specify a metric target type'));
  else if (!['AverageValue', 'Utilization', 'Value'].includes(target.type)) {
    faults.push(invalid(`${path}.type`, target.type, 'must be either Utilization, Value, or AverageValue'));
  }
  if (metric.type === 'Resource' || metric.type === 'ContainerResource') {
    if (!source.name) faults.push(required(`${at}.${field}.name`, 'must specify a resource name'));
    const { averageUtilization: utilization, averageValue } = target ?? {};
    if (utilization !== undefined && utilization < 1)
      faults.push(invalid(`${path}.averageUtilization`, utilization, 'must be greater than 0'));
    if (utilization === undefined && averageValue === undefined) {
      faults.push(required(`${path}.averageUtilization`, 'must set either a target raw value or a target utilization'));
    }
    if (utilization !== undefined && averageValue !== undefined) {
      faults.push(forbidden(`${path}.averageValue`, 'may not set both a target raw value and a target utilization'));
    }
  }
  return faults;
}

function rulesFaults(rules: Wire<V2HPAScalingRules> | undefined, at: string): FieldError[] {
  if (!rules) return [];
  const faults: FieldError[] = [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  if (window !== undefined && (window < 0 || window > 3600)) {
    const detail = window < 0 ? 'must be greater than or equal to zero' : 'must be less than or equal to 3600';
    faults.push(invalid(`${at}.stabilizationWindowSeconds`, window, detail));
  }
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy)) {
    faults.push(notSupported(`${at}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']));
  }
  if (policies.length === 0) faults.push(required(`${at}.policies`, 'must specify at least one Policy'));
  for (const [i, { type, value, periodSeconds }] of policies.entries()) {
    const path = `${at}.policies[${i}]`;
    if (type !== 'Pods' && type !== 'Percent') faults.push(notSupported(`${path}.type`, type, ['Percent', 'Pods']));
    if (value <= 0) faults.push(invalid(`${path}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0) faults.push(invalid(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > 1800) faults.push(invalid(`${path}.periodSeconds`, periodSeconds, 'must be less than or equal to 1800'));
  }
  return faults;
}
