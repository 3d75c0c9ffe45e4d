/** What of a pod may change once it exists (kubernetes: ValidatePodUpdate). */
import type { V1Pod, V1PodSpec, V1Toleration } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';

type Pod = Wire<V1Pod>;
type Spec = Wire<V1PodSpec>;

const CHANGEABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function podChangeFaults({ spec }: Pod, { spec: old }: Pod): FieldError[] {
  if (!spec || !old) return [];
  for (const field of ['containers', 'initContainers'] as const) {
    // Further faults would only say the same again.
    if ((spec[field]?.length ?? 0) !== (old[field]?.length ?? 0)) {
      return [forbidden(`spec.${field}`, 'pod updates may not add or remove containers')];
    }
  }
  const faults: FieldError[] = [];
  faults.push(...deadlineFaults(spec, old));
  faults.push(...tolerationFaults(spec.tolerations ?? [], old.tolerations ?? []));
  faults.push(...gateFaults(spec, old));
  if (!semanticallyEqual(unchangeable(spec, old), unchangeable(old, old))) faults.push(forbidden('spec', CHANGEABLE));
  return faults;
}

/** It may be set, or made shorter. */
function deadlineFaults({ activeDeadlineSeconds: now }: Spec, { activeDeadlineSeconds: then }: Spec): FieldError[] {
  if (then === undefined) return [];
  const at = 'spec.activeDeadlineSeconds';
  if (now === undefined) return [invalid(at, now, 'must not update from a positive integer to nil value')];
  return now > then ? [invalid(at, now, `must be less than or equal to previous value`)] : [];
}

function tolerationFaults(now: Wire<V1Toleration>[], then: Wire<V1Toleration>[]): FieldError[] {
  const bare = (t: Wire<V1Toleration>) => ({ ...t, tolerationSeconds: undefined });
  const kept = then.every((old) => now.some((t) => semanticallyEqual(bare(t), bare(old))));
  return kept ? [] : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

/** Gates only go away. */
function gateFaults(spec: Spec, old: Spec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map((g) => g.name));
  const added = (spec.schedulingGates ?? []).some((g) => !before.has(g.name));
  return added ? [forbidden('spec.schedulingGates', 'only deletion is allowed, but found new scheduling gate')] : [];
}

/** The spec with what may change set to what it was. A gated pod may still be steered. */
function unchangeable(spec: Spec, old: Spec): Spec {
  const images = (field: 'containers' | 'initContainers') => spec[field]?.map((c, i) => ({ ...c, image: old[field]?.[i]?.image }));
  const grace = (old.terminationGracePeriodSeconds ?? 0) < 0 ? old.terminationGracePeriodSeconds : spec.terminationGracePeriodSeconds;
  const copy: Spec = {
    ...spec,
    containers: images('containers') ?? [],
    initContainers: images('initContainers'),
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    schedulingGates: undefined,
    terminationGracePeriodSeconds: grace,
  };
  if (old.schedulingGates?.length) {
    copy.nodeSelector = undefined;
    copy.affinity = { ...spec.affinity, nodeAffinity: undefined };
  }
  return copy;
}
