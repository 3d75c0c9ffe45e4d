/** StatefulSets: little of their spec may change, since their pods have names and volumes of their own. */
import type { V1StatefulSet, V1StatefulSetSpec } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, nonNegative, required } from '../field-error.ts';
import { templateWarnings } from '../rules/warnings.ts';
import { workloadFaults } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type StatefulSet = Wire<V1StatefulSet>;
type Spec = Wire<V1StatefulSetSpec>;

/** Named in the message in this order. */
const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

export const statefulSetStrategy: Strategy = {
  validate: (object) => specFaults(object as StatefulSet),
  validateUpdate: (object, before) => [...specFaults(object as StatefulSet), ...changeFaults(object as StatefulSet, before as StatefulSet)],
  warnings: (object) => templateWarnings((object as StatefulSet).spec?.template),
};

function specFaults({ spec }: StatefulSet): FieldError[] {
  if (!spec) return [];
  return [
    ...choiceFaults(spec),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...workloadFaults({ selector: spec.selector, template: templateWithClaims(spec) }, 'statefulset'),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}

/** Containers may mount the claims of the set, which its pods are given as volumes. */
function templateWithClaims({ template, volumeClaimTemplates = [] }: Spec): Spec['template'] {
  if (volumeClaimTemplates.length === 0 || !template?.spec) return template;
  const names = new Set(template.spec.volumes?.map((volume) => volume.name));
  const claims = volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? '').filter((name) => !names.has(name));
  const added = claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...added] } };
}

function choiceFaults({ podManagementPolicy: policy = '', updateStrategy }: Spec): FieldError[] {
  const faults: FieldError[] = [];
  if (policy === '') faults.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    faults.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const { type = '', rollingUpdate } = updateStrategy ?? {};
  if (type === '') faults.push(required('spec.updateStrategy'));
  else if (type === 'OnDelete') {
    if (rollingUpdate) {
      const detail = "only allowed for updateStrategy 'RollingUpdate'";
      faults.push(invalid('spec.updateStrategy.rollingUpdate', rollingUpdate, detail));
    }
  } else if (type === 'RollingUpdate') {
    faults.push(...nonNegative('spec.updateStrategy.rollingUpdate.partition', rollingUpdate?.partition));
  } else faults.push(invalid('spec.updateStrategy', updateStrategy, "must be 'RollingUpdate' or 'OnDelete'"));
  return faults;
}

function changeFaults({ spec }: StatefulSet, { spec: old }: StatefulSet): FieldError[] {
  const rest = (s: Spec | undefined) => ({ ...s, ...Object.fromEntries(CHANGEABLE.map((field) => [field, undefined])) });
  if (semanticallyEqual(rest(spec), rest(old))) return [];
  const names = CHANGEABLE.map((f) => `'${f}'`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return [forbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)];
}
