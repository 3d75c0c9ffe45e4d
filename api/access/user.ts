/** Who makes a request, and the names that Kubernetes gives to some of them (k8s.io/apiserver/pkg/authentication/user). */

export interface UserInfo {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** May do everything, whatever RBAC says. */
export const MASTERS = 'system:masters';
export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';

/** Shared, so that what is cached for it stays cached. */
export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: [UNAUTHENTICATED] };

const PREFIX = 'system:serviceaccount:';

export const serviceAccountUser = (namespace: string, name: string) => `${PREFIX}${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string) => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];

/** What `serviceAccountUser` was made of; undefined for other users. */
export function parseServiceAccountUser(user: string): { namespace: string; name: string } | undefined {
  if (!user.startsWith(PREFIX)) return undefined;
  const parts = user.slice(PREFIX.length).split(':');
  const [namespace = '', name = ''] = parts;
  return parts.length === 2 && namespace && name ? { namespace, name } : undefined;
}

/** Every user that is known belongs to one group. */
export function withAuthenticated(groups: readonly string[]): string[] {
  return groups.includes(AUTHENTICATED) ? [...groups] : [...groups, AUTHENTICATED];
}
