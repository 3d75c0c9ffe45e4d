/** Which pods a quota is about (k8s.io/kubernetes/pkg/quota/v1/evaluator/core: pods.go). */
import type { AnyObject } from '../../../types/wire.ts';
import { qosClassOf } from '../../kinds/strategies/qos.ts';

interface Requirement {
  scopeName?: string;
  operator?: string;
  values?: string[];
}

export interface QuotaSpec {
  scopes?: string[];
  scopeSelector?: { matchExpressions?: Requirement[] };
}

interface PodSpec {
  activeDeadlineSeconds?: number;
  priorityClassName?: string;
  affinity?: Record<
    string,
    { [list: string]: { namespaces?: string[]; namespaceSelector?: object; podAffinityTerm?: object }[] } | undefined
  >;
}

/** A quota with scopes is about pods alone. */
export function inScope({ scopes = [], scopeSelector }: QuotaSpec, storage: string, object: AnyObject): boolean {
  const requirements = [...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })), ...(scopeSelector?.matchExpressions ?? [])];
  if (requirements.length === 0) return true;
  return storage === 'pods' && requirements.every((requirement) => matches(requirement, object));
}

function matches({ scopeName, operator, values = [] }: Requirement, pod: AnyObject): boolean {
  const spec = (pod.spec ?? {}) as PodSpec;
  switch (scopeName) {
    case 'BestEffort':
      return qosClassOf(pod as never) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(pod as never) !== 'BestEffort';
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'CrossNamespacePodAffinity':
      return looksAcross(spec);
    default:
      return scopeName === 'PriorityClass' && ofPriority(spec.priorityClassName ?? '', operator, values);
  }
}

function ofPriority(name: string, operator: string | undefined, values: string[]): boolean {
  if (operator === 'Exists') return name !== '';
  if (operator === 'DoesNotExist') return name === '';
  return values.includes(name) === (operator === 'In');
}

/** Whether an affinity names other namespaces. */
function looksAcross({ affinity = {} }: PodSpec): boolean {
  const terms = [affinity.podAffinity, affinity.podAntiAffinity].flatMap((one) => Object.values(one ?? {}).flat());
  return terms.some((term) => {
    const { namespaces, namespaceSelector } = (term.podAffinityTerm ?? term) as { namespaces?: string[]; namespaceSelector?: object };
    return (namespaces?.length ?? 0) > 0 || namespaceSelector !== undefined;
  });
}
