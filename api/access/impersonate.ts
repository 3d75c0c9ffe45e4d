/** Acting as somebody else (k8s.io/apiserver/pkg/endpoints/filters/impersonation.go): each part of the other has to be allowed. */
import type { IncomingHttpHeaders } from 'node:http';
import { badRequest } from '../errors.ts';
import { type Attributes, forbiddenError, NOTHING } from './attributes.ts';
import type { Authorizer } from './authorizer.ts';
import { ANONYMOUS, parseServiceAccountUser, serviceAccountGroups, UNAUTHENTICATED, type UserInfo, withAuthenticated } from './user.ts';

interface Requested {
  name: string;
  uid: string;
  groups: string[];
  extra: Record<string, string[]>;
}

const EXTRA = 'impersonate-extra-';

/** `user` itself when no header asks for another. Throws a 400 or 403 `StatusError`. */
export function impersonate(headers: IncomingHttpHeaders, rawHeaders: readonly string[], user: UserInfo, authorizer: Authorizer): UserInfo {
  if (!Object.keys(headers).some((name) => name.startsWith('impersonate-'))) return user;
  const requested = readRequested(rawHeaders);
  const { name, uid, groups, extra } = requested;
  if (!name && !uid && groups.length === 0 && Object.keys(extra).length === 0) return user;
  if (!name) throw badRequest(`requested ${describe(requested)} without impersonating a user name`);
  for (const attributes of whatToAllow(requested)) {
    const decision = authorizer.authorize(user, attributes);
    if (!decision.allowed) throw forbiddenError(attributes, decision.reason);
  }
  return toUser(requested);
}

/** From the raw headers, since a header given several times is several groups. */
function readRequested(rawHeaders: readonly string[]): Requested {
  const requested: Requested = { name: '', uid: '', groups: [], extra: {} };
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const header = (rawHeaders[i] ?? '').toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    if (header === 'impersonate-user') requested.name = value;
    else if (header === 'impersonate-uid') requested.uid = value;
    else if (header === 'impersonate-group') requested.groups.push(value);
    else if (header.startsWith(EXTRA)) {
      const key = unescapeKey(header.slice(EXTRA.length));
      if (!Object.hasOwn(requested.extra, key)) requested.extra[key] = [];
      requested.extra[key]?.push(value);
    }
  }
  return requested;
}

function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function whatToAllow({ name, uid, groups, extra }: Requested): Attributes[] {
  const base: Attributes = { ...NOTHING, verb: 'impersonate', version: 'v1' };
  const account = parseServiceAccountUser(name);
  const list: Attributes[] = [
    account
      ? { ...base, resource: 'serviceaccounts', namespace: account.namespace, name: account.name }
      : { ...base, resource: 'users', name },
  ];
  const authentication = { ...base, group: 'authentication.k8s.io' };
  for (const group of groups) list.push({ ...base, resource: 'groups', name: group });
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) list.push({ ...authentication, resource: 'userextras', subresource: key, name: value });
  }
  if (uid) list.push({ ...authentication, resource: 'uids', name: uid });
  return list;
}

function toUser({ name, uid, groups, extra }: Requested): UserInfo {
  const account = parseServiceAccountUser(name);
  const own = account && groups.length === 0 ? serviceAccountGroups(account.namespace) : groups;
  const user: { -readonly [K in keyof UserInfo]: UserInfo[K] } = { name, groups: completeGroups(name, own) };
  if (uid) user.uid = uid;
  if (Object.keys(extra).length > 0) user.extra = extra;
  return user;
}

function completeGroups(name: string, groups: string[]): string[] {
  if (name !== ANONYMOUS.name) return groups.includes(UNAUTHENTICATED) ? groups : withAuthenticated(groups);
  return groups.includes(UNAUTHENTICATED) ? groups : [...groups, UNAUTHENTICATED];
}

/** As Go prints the structure, since the message of the 400 does. */
function describe({ name, uid, groups, extra }: Requested): string {
  const quoted = (list: readonly string[]) => list.map((text) => JSON.stringify(text)).join(', ');
  const groupText = groups.length > 0 ? `[]string{${quoted(groups)}}` : '[]string(nil)';
  const entries = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:[]string{${quoted(values)}}`);
  const extraText = entries.length > 0 ? `map[string][]string{${entries.join(', ')}}` : 'map[string][]string(nil)';
  return `&user.DefaultInfo{Name:${JSON.stringify(name)}, UID:${JSON.stringify(uid)}, Groups:${groupText}, Extra:${extraText}}`;
}
