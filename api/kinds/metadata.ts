/** What holds for the metadata of every object (k8s.io/apimachinery/pkg/api/validation: objectmeta.go). */
import { semanticallyEqual } from '../../types/equal.ts';
import type { Kind } from '../../types/kinds/kind.ts';
import { dns1123Label, labelValue, qualifiedName } from '../../types/names.ts';
import type { AnyObject, ObjectMeta, OwnerReference } from '../../types/wire.ts';
import { forbidden, IMMUTABLE, invalid, invalidEach, required, tooLong } from './field-error.ts';
import type { FieldError } from './strategy.ts';

/** All annotations of an object together, keys and values. */
const ANNOTATIONS_LIMIT = 256 * 1024;
const STANDARD_FINALIZERS = ['orphan', 'foregroundDeletion', 'kubernetes'];

export type NameCheck = (name: string) => string[];

export function metadataFaults(kind: Pick<Kind, 'namespaced'>, object: AnyObject, nameCheck: NameCheck, at = 'metadata'): FieldError[] {
  const metadata = object.metadata ?? {};
  return [...nameFaults(kind, metadata, nameCheck, at), ...commonFaults(metadata, at)];
}

function nameFaults(kind: Pick<Kind, 'namespaced'>, metadata: ObjectMeta, nameCheck: NameCheck, at: string): FieldError[] {
  const { name, generateName, namespace } = metadata;
  const faults: FieldError[] = [];
  // Five characters will follow, so that a dash at the end is no fault.
  if (generateName) faults.push(...invalidEach(`${at}.generateName`, generateName, nameCheck(generateName.replace(/-$/, 'a'))));
  if (!name) faults.push(required(`${at}.name`, 'name or generateName is required'));
  else faults.push(...invalidEach(`${at}.name`, name, nameCheck(name)));
  if (kind.namespaced) {
    if (!namespace) faults.push(required(`${at}.namespace`));
    else faults.push(...invalidEach(`${at}.namespace`, namespace, dns1123Label(namespace)));
  } else if (namespace) faults.push(forbidden(`${at}.namespace`, 'not allowed on this type'));
  return faults;
}

function commonFaults(metadata: ObjectMeta, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if ((metadata.generation ?? 0) < 0) faults.push(invalid(`${at}.generation`, metadata.generation, 'must be greater than or equal to 0'));
  faults.push(...labelFaults(metadata.labels, `${at}.labels`));
  faults.push(...annotationFaults(metadata.annotations, `${at}.annotations`));
  faults.push(...ownerFaults(metadata.ownerReferences ?? [], `${at}.ownerReferences`));
  faults.push(...finalizerFaults(metadata.finalizers ?? [], `${at}.finalizers`));
  return faults;
}

export function labelFaults(labels: Record<string, string> | undefined | null, at: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    faults.push(...invalidEach(at, key, qualifiedName(key)));
    faults.push(...invalidEach(at, value, labelValue(value)));
  }
  return faults;
}

export function annotationFaults(annotations: Record<string, string> | undefined | null, at: string): FieldError[] {
  const faults: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    faults.push(...invalidEach(at, key, qualifiedName(key.toLowerCase())));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > ANNOTATIONS_LIMIT) faults.push(tooLong(at, ANNOTATIONS_LIMIT));
  return faults;
}

function ownerFaults(owners: OwnerReference[], at: string): FieldError[] {
  const faults: FieldError[] = [];
  let controller: OwnerReference | undefined;
  for (const owner of owners) {
    if (!owner.apiVersion) faults.push(invalid(`${at}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    if (!owner.kind) faults.push(invalid(`${at}.kind`, owner.kind ?? '', 'must not be empty'));
    if (!owner.name) faults.push(invalid(`${at}.name`, owner.name ?? '', 'must not be empty'));
    if (!owner.uid) faults.push(invalid(`${at}.uid`, owner.uid ?? '', 'must not be empty'));
    if (owner.kind === 'Event' && /^(events\.k8s\.io\/)?v1(beta1)?$/.test(owner.apiVersion)) {
      faults.push(invalid(at, owner, `${owner.apiVersion}, Kind=Event is disallowed from being an owner`));
    }
    if (!owner.controller) continue;
    if (controller) {
      const who = `${controller.kind}/${controller.name} and ${owner.kind}/${owner.name}`;
      faults.push(invalid(at, owners, `Only one reference can have Controller set to true. Found "true" in references for ${who}`));
    } else controller = owner;
  }
  return faults;
}

function finalizerFaults(finalizers: string[], at: string): FieldError[] {
  const faults: FieldError[] = [];
  finalizers.forEach((name, i) => {
    faults.push(...invalidEach(`${at}[${i}]`, name, qualifiedName(name)));
    if (!name.includes('/') && !STANDARD_FINALIZERS.includes(name)) {
      faults.push(invalid(`${at}[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified'));
    }
  });
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    faults.push(invalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return faults;
}

const FIXED = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** ValidateObjectMetaUpdate: what of the metadata may not change. */
export function metadataUpdateFaults(object: AnyObject, before: AnyObject, at = 'metadata'): FieldError[] {
  const now = object.metadata ?? {};
  const then = before.metadata ?? {};
  const faults: FieldError[] = [];
  if (then.deletionTimestamp) {
    const added = (now.finalizers ?? []).filter((f) => !then.finalizers?.includes(f));
    if (added.length > 0) {
      const list = added.map((f) => JSON.stringify(f)).join(', ');
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
      faults.push(forbidden(`${at}.finalizers`, detail));
    }
  }
  for (const field of FIXED) if (!semanticallyEqual(now[field], then[field])) faults.push(invalid(`${at}.${field}`, now[field], IMMUTABLE));
  const common = commonFaults(now, at);
  // kube-apiserver looks in its engine and in the kind's strategy, and each of them once more at the object as a whole: as often the
  // causes of a refusal are named.
  return [...faults, ...faults, ...common, ...common, ...common, ...common];
}
