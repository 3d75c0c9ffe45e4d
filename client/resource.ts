/** A resource of the API as its clients name it, with the type of its objects. */
import type { KubeObject } from '../types/wire.ts';

export interface Resource<T extends KubeObject> {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  /** Never set: carries the type. */
  readonly object?: T;
}

export function resource<T extends KubeObject>(apiVersion: string, kind: string, plural: string, namespaced = true): Resource<T> {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural,
    kind,
    namespaced,
  };
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(r: Resource<KubeObject>): string {
  return r.group ? `${r.group}/${r.version}` : r.version;
}

/** The path of a collection, or of an object, or of its subresource. A namespace is left out for all namespaces. */
export function pathOf(r: Resource<KubeObject>, at: { namespace?: string; name?: string; subresource?: string } = {}): string {
  let path = r.group ? `/apis/${r.group}/${r.version}` : `/api/${r.version}`;
  if (r.namespaced && at.namespace) path += `/namespaces/${encodeURIComponent(at.namespace)}`;
  path += `/${r.plural}`;
  if (at.name !== undefined) path += `/${encodeURIComponent(at.name)}`;
  if (at.subresource) path += `/${at.subresource}`;
  return path;
}
