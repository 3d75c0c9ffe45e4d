/** Who owns the replicas of an object that is scaled: the managed fields of its Scale, there and back. */
import type { Kind } from '../../types/kinds/kind.ts';
import { builtinDefinitions } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { Entry } from '../apply/entries.ts';
import { apiVersionOf } from '../apply/kind-types.ts';
import type { Writing } from '../apply/managed-fields.ts';
import { fieldElement } from '../apply/path-element.ts';
import { resetsOf } from '../apply/reset-fields.ts';
import { parentEntries, scaleEntries } from '../apply/scale-owners.ts';
import { type Type, typeOf } from '../apply/type.ts';
import { writingOf } from '../verbs/field-owners.ts';
import type { WriteContext } from '../verbs/write-context.ts';

const SCALE_VERSION = 'autoscaling/v1';

let scaleType: Type | undefined;

/** A write of a Scale: whatever it is of, its fields are those of autoscaling/v1. */
export function scaleWriting(context: WriteContext, manager: string): Writing {
  scaleType ??= typeOf(builtinDefinitions().definition('io.k8s.api.autoscaling.v1.Scale'));
  const type = scaleType;
  const { set, skip } = resetsOf(context.kind, 'scale');
  const versions: Writing['versions'] = {
    current: SCALE_VERSION,
    changing: false,
    typeIn: () => type,
    convert: (object) => object,
    reset: () => set,
    skip: () => skip,
  };
  return {
    ...writingOf({ ...context, subresource: 'scale' }, manager),
    apiVersion: SCALE_VERSION,
    kind: 'Scale',
    versions,
    zero: () => ({}),
  };
}

const elementsOf = (path: string) => path.split('.').filter(Boolean).map(fieldElement);
const entriesOf = (object: AnyObject) => (object.metadata?.managedFields ?? []) as Entry[];

/** Gives the Scale of `object` its managed fields. `path`: where the object has its replicas, `.spec.replicas`. */
export function withOwners<T extends AnyObject>(scale: T, object: AnyObject, path: string): T {
  const managedFields = scaleEntries(entriesOf(object), elementsOf(path));
  return managedFields.length > 0 ? { ...scale, metadata: { ...scale.metadata, managedFields } } : scale;
}

/** Takes the managed fields of a changed Scale over to its object. */
export function takeOwners(kind: Kind, object: AnyObject, scale: AnyObject, path: string): void {
  const entries = parentEntries(entriesOf(object), entriesOf(scale), elementsOf(path), apiVersionOf(kind));
  object.metadata ??= {};
  if (entries.length > 0) object.metadata.managedFields = entries;
  else delete object.metadata.managedFields;
}
