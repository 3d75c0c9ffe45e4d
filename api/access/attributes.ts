import { failure, forbidden, type StatusError } from '../errors.ts';
import type { UserInfo } from './user.ts';

/** What is to be allowed or not. A `RequestInfo` is one. */
export interface Attributes {
  isResource: boolean;
  verb: string;
  /** The fields from here to `name` are of resources, `path` is of the rest. Empty: does not apply. */
  group: string;
  version: string;
  resource: string;
  subresource: string;
  /** Empty: the cluster scope. */
  namespace: string;
  name: string;
  path: string;
}

export const NOTHING: Attributes = {
  isResource: true,
  verb: '',
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
};

/** `User "alice" cannot list resource "pods" in API group "" in the namespace "x"` */
export function denial(user: UserInfo, attributes: Attributes): string {
  const { isResource, verb, group, resource, subresource, namespace, path } = attributes;
  const who = `User ${JSON.stringify(user.name)}`;
  if (!isResource) return `${who} cannot ${verb} path ${JSON.stringify(path)}`;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  return `${who} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}

/** The 403 of a refused request. `reason` is a refusal's `Decision.reason`. */
export function forbiddenError(attributes: Attributes, reason: string): StatusError {
  if (!attributes.isResource) return failure(403, 'Forbidden', `forbidden: ${reason}`, {});
  return forbidden({ group: attributes.group, plural: attributes.resource }, attributes.name, reason);
}
