/** The type of a kind's objects, and how an object looks in the kind's other versions. */
import type { Json, Kind, Schema } from '../../types/kinds/kind.ts';
import { builtinDefinitions } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import { copy } from '../patch/value.ts';
import { resetsOf } from './reset-fields.ts';
import { type Field, type Type, typeOf } from './type.ts';
import type { Versions } from './updater.ts';

export const apiVersionOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): string => (group ? `${group}/${version}` : version);

const types = new WeakMap<Kind, Type>();

export function typeOfKind(kind: Kind): Type {
  let type = types.get(kind);
  if (!type) {
    type = kind.custom ? customType(kind.schema) : typeOf(kind.schema);
    types.set(kind, type);
  }
  return type;
}

let metadata: Type | undefined;

/** A custom kind's schema says nothing of what all objects have. */
function customType(schema: Schema): Type {
  const own = typeOf({ ...schema, type: 'object' }).map as NonNullable<Type['map']>;
  metadata ??= typeOf(builtinDefinitions().definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'));
  const common: Record<string, Field> = {
    apiVersion: { type: { scalar: 'string' }, element: 'f:apiVersion' },
    kind: { type: { scalar: 'string' }, element: 'f:kind' },
    metadata: { type: metadata, element: 'f:metadata' },
  };
  return { map: { ...own, field: (name) => (Object.hasOwn(common, name) ? common[name] : own.field(name)) } };
}

/** What brings an object of one version into the form of another. */
export interface Forms {
  fromStored(kind: Kind, object: AnyObject): AnyObject;
  toStored(kind: Kind, object: AnyObject): AnyObject;
}

/** `siblings`: every served version of the kind, `kind` among them. */
export function versionsOf(kind: Kind, siblings: readonly Kind[], subresource: string, forms: Forms): Versions {
  const current = apiVersionOf(kind);
  const find = (apiVersion: string): Kind | undefined =>
    apiVersion === current ? kind : siblings.find((one) => apiVersionOf(one) === apiVersion);
  const resets = (apiVersion: string) => resetsOf(find(apiVersion) ?? kind, subresource);
  return {
    current,
    changing: kind.custom,
    typeIn(apiVersion) {
      const found = find(apiVersion);
      return found && typeOfKind(found);
    },
    convert(object, from, to) {
      const source = find(from);
      const target = find(to);
      if (!source || !target) throw new Error(`no conversion from ${from} to ${to}`);
      return forms.fromStored(target, forms.toStored(source, copy(object) as AnyObject)) as Json;
    },
    reset: (apiVersion) => resets(apiVersion).set,
    skip: (apiVersion) => resets(apiVersion).skip,
  };
}
