/** Leases. Coordinated leader election is off: its fields are dropped. */
import type { V1Lease } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { invalid, nonNegative } from '../field-error.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Lease = Wire<V1Lease>;

export const leaseStrategy: Strategy = {
  prepareForCreate: (object) => dropElection(object as Lease),
  prepareForUpdate: (object) => dropElection(object as Lease),
  validate: (object) => specFaults(object as Lease),
  validateUpdate: (object) => specFaults(object as Lease),
};

function dropElection({ spec }: Lease): void {
  delete spec?.strategy;
  delete spec?.preferredHolder;
}

function specFaults({ spec }: Lease): FieldError[] {
  const faults: FieldError[] = [];
  const seconds = spec?.leaseDurationSeconds;
  if (seconds !== undefined && seconds <= 0) faults.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  return [...faults, ...nonNegative('spec.leaseTransitions', spec?.leaseTransitions)];
}
