/** Where a pod may run: node selectors, affinity, tolerations, topology spread. */
import type {
  V1Affinity,
  V1NodeSelector,
  V1NodeSelectorRequirement,
  V1PodAffinityTerm,
  V1Toleration,
  V1TopologySpreadConstraint,
} from '@kubernetes/client-node';
import { dns1123Subdomain, labelValue, qualifiedName } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';
import { labelSelectorFaults } from './selectors.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function tolerationsFaults(tolerations: Wire<V1Toleration>[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, { key = '', operator = '', value = '', effect = '', tolerationSeconds }] of (tolerations ?? []).entries()) {
    const path = `${at}[${i}]`;
    if (key) faults.push(...invalidEach(`${path}.key`, key, qualifiedName(key)));
    if (!key && operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      faults.push(invalid(`${path}.operator`, operator, detail));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      faults.push(invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === '' || operator === 'Equal') faults.push(...invalidEach(`${path}.operator`, value, labelValue(value).slice(0, 1)));
    else if (operator === 'Exists') {
      if (value) faults.push(invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else faults.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
    if (effect && !EFFECTS.includes(effect)) faults.push(notSupported(`${path}.effect`, effect, EFFECTS));
  }
  return faults;
}

export function affinityFaults(affinity: Wire<V1Affinity> | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {};
  if (nodeAffinity) {
    const path = `${at}.nodeAffinity`;
    const must = nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    if (must) faults.push(...nodeSelectorFaults(must, `${path}.requiredDuringSchedulingIgnoredDuringExecution`));
    for (const [i, term] of (nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      const each = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
      faults.push(...weightFaults(term.weight, each), ...nodeTermFaults(term.preference, `${each}.preference`));
    }
  }
  for (const [name, terms] of Object.entries({ podAffinity, podAntiAffinity })) {
    const path = `${at}.${name}`;
    for (const [i, term] of (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      faults.push(...podTermFaults(term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`));
    }
    for (const [i, term] of (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      const each = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
      faults.push(...weightFaults(term.weight, each), ...podTermFaults(term.podAffinityTerm, `${each}.podAffinityTerm`));
    }
  }
  return faults;
}

function weightFaults(weight: number, at: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(`${at}.weight`, weight, 'must be in the range 1-100')];
}

export function nodeSelectorFaults(selector: Wire<V1NodeSelector>, at: string): FieldError[] {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(`${at}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => nodeTermFaults(term, `${at}.nodeSelectorTerms[${i}]`));
}

type Term = Wire<V1NodeSelector>['nodeSelectorTerms'][number];

function nodeTermFaults(term: Term, at: string): FieldError[] {
  const faults = (term.matchExpressions ?? []).flatMap((r, i) => requirementFaults(r, `${at}.matchExpressions[${i}]`));
  for (const [i, { key, operator, values = [] }] of (term.matchFields ?? []).entries()) {
    const path = `${at}.matchFields[${i}]`;
    if (operator !== 'In' && operator !== 'NotIn') faults.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
    else if (values.length !== 1)
      faults.push(required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
    if (key !== 'metadata.name') faults.push(invalid(`${path}.key`, key, 'not a valid field selector key'));
    else for (const [j, v] of values.entries()) faults.push(...invalidEach(`${path}.values[${j}]`, v, dns1123Subdomain(v)));
  }
  return faults;
}

function requirementFaults({ key, operator, values = [] }: Wire<V1NodeSelectorRequirement>, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) faults.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) faults.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) faults.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else faults.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  faults.push(...invalidEach(`${at}.key`, key, qualifiedName(key)));
  for (const [i, value] of values.entries()) faults.push(...invalidEach(`${at}.values[${i}]`, value, labelValue(value)));
  return faults;
}

function podTermFaults(term: Wire<V1PodAffinityTerm>, at: string): FieldError[] {
  const faults = labelSelectorFaults(term.labelSelector, `${at}.labelSelector`);
  faults.push(...labelSelectorFaults(term.namespaceSelector, `${at}.namespaceSelector`));
  const key = term.topologyKey ?? '';
  if (key === '') faults.push(required(`${at}.topologyKey`, 'can not be empty'));
  return [...faults, ...invalidEach(`${at}.topologyKey`, key, qualifiedName(key))];
}

export function spreadFaults(constraints: Wire<V1TopologySpreadConstraint>[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, constraint] of (constraints ?? []).entries()) {
    const path = `${at}[${i}]`;
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains } = constraint;
    if (maxSkew <= 0) faults.push(invalid(`${path}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (topologyKey === '') faults.push(required(`${path}.topologyKey`, 'can not be empty'));
    else faults.push(...invalidEach(`${path}.topologyKey`, topologyKey, qualifiedName(topologyKey)));
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
      faults.push(notSupported(`${path}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']));
    }
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(pair)) faults.push(duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, pair));
    seen.add(pair);
    if (minDomains !== undefined) {
      if (minDomains <= 0) faults.push(invalid(`${path}.minDomains`, minDomains, 'must be greater than zero'));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        faults.push(invalid(`${path}.minDomains`, minDomains, detail));
      }
    }
    faults.push(...labelSelectorFaults(constraint.labelSelector, `${path}.labelSelector`));
  }
  return faults;
}
