/** StorageClasses. */
import type { V1StorageClass } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, notSupported, required } from '../field-error.ts';
import { immutable } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type StorageClass = Wire<V1StorageClass>;

export const storageClassStrategy: Strategy = {
  validate: (object) => classFaults(object as StorageClass),
  validateUpdate(object, before) {
    const now = object as StorageClass;
    const then = before as StorageClass;
    const faults = classFaults(now);
    if (immutable(now.parameters, then.parameters, '').length > 0)
      faults.push(forbidden('parameters', 'updates to parameters are forbidden.'));
    if (now.provisioner !== then.provisioner) faults.push(forbidden('provisioner', 'updates to provisioner are forbidden.'));
    if (now.reclaimPolicy !== then.reclaimPolicy) faults.push(forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.'));
    return [...faults, ...immutable(now.volumeBindingMode, then.volumeBindingMode, 'volumeBindingMode')];
  },
};

function classFaults({ provisioner, reclaimPolicy, volumeBindingMode }: StorageClass): FieldError[] {
  const faults: FieldError[] = [];
  if (!provisioner) faults.push(required('provisioner', ''));
  const policies = ['Delete', 'Retain'];
  if (reclaimPolicy && !policies.includes(reclaimPolicy)) faults.push(notSupported('reclaimPolicy', reclaimPolicy, policies));
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (!volumeBindingMode) faults.push(required('volumeBindingMode'));
  else if (!modes.includes(volumeBindingMode)) faults.push(notSupported('volumeBindingMode', volumeBindingMode, modes));
  return faults;
}
