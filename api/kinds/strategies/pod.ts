/** Pods: the status they begin with, and their quality of service. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid } from '../field-error.ts';
import { ipFaults } from '../rules/network.ts';
import { podSpecFaults } from '../rules/pod-spec.ts';
import { podChangeFaults } from '../rules/pod-update.ts';
import { podSpecWarnings } from '../rules/warnings.ts';
import type { FieldError, Strategy } from '../strategy.ts';
import { restore } from './generic.ts';
import { ephemeralContainers, resize } from './pod-subresources.ts';
import { qosClassOf } from './qos.ts';

type Pod = Wire<V1Pod>;

export const podStrategy: Strategy = {
  prepareForCreate(object) {
    const pod = object as Pod;
    const status: NonNullable<Pod['status']> = { phase: 'Pending', qosClass: qosClassOf(pod) };
    if (pod.spec?.schedulingGates?.length) status.conditions = [gatedCondition(pod)];
    pod.status = status;
    atLeastOneSecond(pod);
  },
  prepareForUpdate(object, before) {
    atLeastOneSecond(object as Pod);
    restore(object, before, 'status');
  },
  prepareForStatusUpdate(object, before) {
    const { metadata } = object;
    if (metadata && !metadata.ownerReferences && before.metadata?.ownerReferences) {
      metadata.ownerReferences = before.metadata.ownerReferences;
    }
    const status = (object as Pod).status;
    // Once chosen, the class of a pod stays, whatever a kubelet reports.
    if (status && !status.qosClass) status.qosClass = qosClassOf(object as Pod);
  },
  subresources: { ephemeralcontainers: ephemeralContainers, resize },
  validate: (object) => [...podFaults(object as Pod), ...creationFaults(object as Pod)],
  validateUpdate: (object, before) => [...podFaults(object as Pod), ...podChangeFaults(object as Pod, before as Pod)],
  validateStatusUpdate: (object) => statusFaults(object as Pod),
  warnings: (object) => ((object as Pod).spec ? podSpecWarnings((object as Pod).spec as NonNullable<Pod['spec']>, 'spec') : []),
};

function podFaults({ spec }: Pod): FieldError[] {
  return spec ? podSpecFaults(spec, 'spec') : [];
}

function creationFaults({ spec }: Pod): FieldError[] {
  const faults: FieldError[] = [];
  if (spec?.ephemeralContainers?.length) faults.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec?.schedulingGates?.length && spec.nodeName) {
    faults.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return faults;
}

function statusFaults({ status }: Pod): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, { ip }] of (status?.podIPs ?? []).entries()) faults.push(...ipFaults(ip, `status.podIPs[${i}]`));
  for (const [i, { ip }] of (status?.hostIPs ?? []).entries()) faults.push(...ipFaults(ip, `status.hostIPs[${i}]`));
  for (const [i, { restartCount }] of (status?.containerStatuses ?? []).entries()) {
    if (restartCount < 0)
      faults.push(invalid(`status.containerStatuses[${i}].restartCount`, restartCount, 'must be greater than or equal to 0'));
  }
  return faults;
}

function gatedCondition(pod: Pod) {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null as never,
    lastTransitionTime: pod.metadata?.creationTimestamp ?? '',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
}

/** A negative time to stop means: now. */
function atLeastOneSecond(pod: Pod): void {
  if (pod.spec && (pod.spec.terminationGracePeriodSeconds ?? 0) < 0) pod.spec.terminationGracePeriodSeconds = 1;
}
