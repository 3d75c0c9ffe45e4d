/** What the engine does with CustomResourceDefinitions themselves (k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition). */
import { rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { FieldError, Strategy } from '../kinds/strategy.ts';
import { CLEANUP, type Crd, isTrue } from './definition.ts';
import { nameFaults, validateCrd } from './validate-crd.ts';

const asCrd = (object: AnyObject) => object as unknown as Crd;

export const crdStrategy: Strategy = {
  prepareForCreate: (object) => {
    const crd = asCrd(object);
    const stored = storageVersionOf(crd);
    crd.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored ? [stored] : null };
  },
  prepareForUpdate: (object, before) => {
    const crd = asCrd(object);
    crd.status = { ...asCrd(before).status };
    const stored = storageVersionOf(crd);
    const known = crd.status.storedVersions ?? [];
    if (stored && !known.includes(stored)) crd.status.storedVersions = [...known, stored];
  },
  validate: (object) => [...nameFaults(asCrd(object)), ...validateCrd(asCrd(object))],
  validateUpdate: (object, before) => [...validateCrd(asCrd(object)), ...immutableFaults(asCrd(object), asCrd(before))],
  warnings: (object) => crdWarnings(asCrd(object)),
};

/** What `DELETE` does first: it marks the object, since the custom objects are to go before. False: nothing to wait for. `now` in ms. */
export function holdForCleanup(object: AnyObject, now: number): boolean {
  const crd = asCrd(object);
  if (!isTrue(crd, 'Established') || object.metadata?.deletionTimestamp) return false;
  const pending = {
    type: 'Terminating',
    status: 'True' as const,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    lastTransitionTime: rfc3339(now),
  };
  crd.status = { ...crd.status, conditions: [...(crd.status?.conditions ?? []), pending] };
  object.metadata ??= {};
  object.metadata.deletionTimestamp = rfc3339(now);
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(CLEANUP)) object.metadata.finalizers = [...finalizers, CLEANUP];
  return true;
}

function storageVersionOf({ spec }: Crd): string | undefined {
  return spec.versions.find((version) => version.storage)?.name;
}

/** Fills in what a CRD may leave out, in place. */
export function defaultCrd(object: AnyObject): void {
  const { spec } = asCrd(object);
  if (!spec) return;
  const { names } = spec;
  spec.versions ??= [];
  spec.conversion ??= { strategy: 'None' };
  if (names?.kind) {
    names.singular ||= names.kind.toLowerCase();
    names.listKind ||= `${names.kind}List`;
  }
}

/** The group always; what objects are stored under, once they are. */
function immutableFaults({ spec }: Crd, before: Crd): FieldError[] {
  const old = before.spec;
  const fault = (field: string, value: unknown): FieldError => ({ field, type: 'invalid', value, detail: 'field is immutable' });
  const faults: FieldError[] = [];
  if (isTrue(before, 'Established')) {
    if (spec.scope !== old.scope) faults.push(fault('spec.scope', spec.scope));
    if (spec.names.kind !== old.names.kind) faults.push(fault('spec.names.kind', spec.names.kind));
  }
  if (spec.group !== old.group) faults.push(fault('spec.group', spec.group));
  if (spec.names.plural !== old.names.plural) faults.push(fault('spec.names.plural', spec.names.plural));
  return faults;
}

function crdWarnings({ spec }: Crd): string[] {
  const warnings: string[] = [];
  if (spec.conversion?.strategy === 'Webhook') {
    warnings.push(
      'spec.conversion.strategy Webhook: this server does not call conversion webhooks yet, so only the storage version is served',
    );
  }
  return warnings;
}
