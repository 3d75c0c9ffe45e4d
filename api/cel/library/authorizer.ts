/** Kubernetes' authorizer: `authorizer.group('apps').resource('deployments').namespace('x').check('get').allowed()`. */

import { type Attributes, NOTHING } from '../../access/attributes.ts';
import type { Decision } from '../../access/authorizer.ts';
import { parseServiceAccountUser, serviceAccountGroups, serviceAccountUser, type UserInfo } from '../../access/user.ts';
import { type Library, overload } from '../function.ts';
import { opaque } from '../type.ts';
import { Opaque, type Value } from '../value.ts';

export const AUTHORIZER = opaque('kubernetes.authorization.Authorizer');
export const RESOURCE_CHECK = opaque('kubernetes.authorization.ResourceCheck');
const GROUP_CHECK = opaque('kubernetes.authorization.GroupCheck');
const PATH_CHECK = opaque('kubernetes.authorization.PathCheck');
const DECISION = opaque('kubernetes.authorization.Decision');

export type Authorize = (user: UserInfo, attributes: Attributes) => Decision;

/** What is to be asked, as far as the expression has said. */
interface Question {
  authorize: Authorize;
  user: UserInfo;
  attributes: Attributes;
}

/** A value for the variable `authorizer`. */
export const authorizerValue = (authorize: Authorize, user: UserInfo): Value =>
  new Opaque<Question>(AUTHORIZER, { authorize, user, attributes: { ...NOTHING, version: '*' } });

/** A value for the variable `authorizer.requestResource`. */
export const resourceCheckValue = (authorize: Authorize, user: UserInfo, attributes: Attributes): Value =>
  new Opaque<Question>(RESOURCE_CHECK, { authorize, user, attributes });

const question = (value: Value | undefined) => (value as Opaque<Question>).value;

/** The same question with something more said. */
function said(value: Value | undefined, type: Opaque['type'], more: Partial<Attributes>): Value {
  const { attributes, ...rest } = question(value);
  return new Opaque<Question>(type, { ...rest, attributes: { ...attributes, ...more } });
}

function checked(value: Value | undefined, verb: string): Value {
  const { authorize, user, attributes } = question(value);
  return new Opaque<Decision>(DECISION, authorize(user, { ...attributes, verb }));
}

const decision = (value: Value | undefined) => (value as Opaque<Decision>).value;

function asServiceAccount(value: Value | undefined, namespace: string, name: string): Value {
  const user: UserInfo = {
    name: serviceAccountUser(namespace, name),
    groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
  };
  if (!parseServiceAccountUser(user.name)) return value as Value;
  return new Opaque<Question>(AUTHORIZER, { ...question(value), user });
}

const A = 'kubernetes.authorization';

/** Asking RBAC costs as much as many steps (library/cost.go). */
const CHECK_COST = 350_000;

export const authorization = (): Library => [
  overload(`${A}.Authorizer.group(string): ${A}.GroupCheck`, ([a, b]) => said(a, GROUP_CHECK, { group: b as string })),
  overload(`${A}.Authorizer.path(string): ${A}.PathCheck`, ([a, b]) => said(a, PATH_CHECK, { isResource: false, path: b as string })),
  overload(`${A}.Authorizer.serviceAccount(string, string): ${A}.Authorizer`, ([a, b, c]) => asServiceAccount(a, b as string, c as string)),
  overload(`${A}.GroupCheck.resource(string): ${A}.ResourceCheck`, ([a, b]) => said(a, RESOURCE_CHECK, { resource: b as string })),
  overload(`${A}.ResourceCheck.subresource(string): ${A}.ResourceCheck`, ([a, b]) => said(a, RESOURCE_CHECK, { subresource: b as string })),
  overload(`${A}.ResourceCheck.namespace(string): ${A}.ResourceCheck`, ([a, b]) => said(a, RESOURCE_CHECK, { namespace: b as string })),
  overload(`${A}.ResourceCheck.name(string): ${A}.ResourceCheck`, ([a, b]) => said(a, RESOURCE_CHECK, { name: b as string })),
  overload(`${A}.ResourceCheck.fieldSelector(string): ${A}.ResourceCheck`, ([a]) => a as Value),
  overload(`${A}.ResourceCheck.labelSelector(string): ${A}.ResourceCheck`, ([a]) => a as Value),
  overload(`${A}.ResourceCheck.check(string): ${A}.Decision`, ([a, b], charge) => {
    charge(CHECK_COST);
    return checked(a, b as string);
  }),
  overload(`${A}.PathCheck.check(string): ${A}.Decision`, ([a, b], charge) => {
    charge(CHECK_COST);
    return checked(a, b as string);
  }),
  overload(`${A}.Decision.allowed(): bool`, ([a]) => decision(a).allowed),
  overload(`${A}.Decision.reason(): string`, ([a]) => decision(a).detail),
  overload(`${A}.Decision.errored(): bool`, () => false),
  overload(`${A}.Decision.error(): string`, () => ''),
];
