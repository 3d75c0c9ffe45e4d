/** Whether a daemon set's pods belong on a node. Pure. */
import type { Node, Pod } from '../../client/resources.ts';
import { tolerates } from '../tainteviction/plan.ts';
import { type DaemonSet, tolerationsOf } from './identity.ts';

export interface Fit {
  /** A pod is to be made. */
  runs: boolean;
  /** A pod that is there may stay. */
  stays: boolean;
}

const NO: Fit = { runs: false, stays: false };

/** For many nodes: what depends on the set alone is worked out once. */
export function fitsOf(set: DaemonSet): (node: Node) => Fit {
  const spec = set.spec?.template.spec;
  const tolerations = tolerationsOf(set);
  return (node) => {
    if (spec?.nodeName && spec.nodeName !== node.metadata?.name) return NO;
    if (!selects(spec as Pod['spec'], node)) return NO;
    const untolerated = (node.spec?.taints ?? []).filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
    const stays = !untolerated.some(({ effect }) => effect === 'NoExecute');
    return { stays, runs: stays && !untolerated.some(({ effect }) => effect === 'NoSchedule') };
  };
}

type Terms = NonNullable<
  NonNullable<NonNullable<NonNullable<Pod['spec']>['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'];
type Requirement = NonNullable<Terms[number]['matchExpressions']>[number];

function selects(spec: Pod['spec'], { metadata }: Node): boolean {
  const labels = metadata?.labels ?? {};
  if (Object.entries(spec?.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return !terms || terms.some((term) => matches(term, labels, metadata?.name ?? ''));
}

/** An empty term matches nothing. */
function matches({ matchExpressions = [], matchFields = [] }: Terms[number], labels: Record<string, string>, name: string): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return matchExpressions.every((one) => meets(one, labels[one.key])) && matchFields.every((one) => meets(one, name));
}

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const [is, than] = [wholeNumber(value), wholeNumber(values[0])];
  if (is === undefined || than === undefined) return false;
  return operator === 'Gt' ? is > than : operator === 'Lt' && is < than;
}

const wholeNumber = (text: string | undefined) => (/^[+-]?\d+$/.test(text ?? '') ? Number(text) : undefined);
