/**
 * Nobody grants more than they hold: checked when roles and bindings are written (k8s.io/kubernetes/pkg/registry/rbac, policybased).
 * Exempt are system:masters, whoever has the verb `escalate` on the role, and whoever has `bind` on the role that is bound.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AnyObject } from '../../types/wire.ts';
import { forbidden, type GroupResource, notFound } from '../errors.ts';
import { NOTHING } from './attributes.ts';
import type { Authorizer } from './authorizer.ts';
import { type Binding, RBAC_GROUP, type Role } from './rbac-objects.ts';
import { describeRule, goList, type PolicyRule, uncovered } from './rules.ts';
import { MASTERS, type UserInfo } from './user.ts';

const EVERYTHING: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

const PLURALS: Record<string, string> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
};

/**
 * Of the four kinds of RBAC, on create and (with `before`) on update. Throws the 403 `StatusError` of a grant that is too wide, a 404 for a
 * role that is bound and does not exist.
 */
export function checkGrant(authorizer: Authorizer, user: UserInfo, object: AnyObject, before: AnyObject | undefined): void {
  const plural = PLURALS[object.kind ?? ''];
  if (!plural || user.groups.includes(MASTERS)) return;
  const name = object.metadata?.name ?? '';
  const namespace = object.metadata?.namespace ?? '';
  const where: GroupResource = { group: RBAC_GROUP, plural };
  const may = (verb: string, resource: string, on: string) =>
    authorizer.authorize(user, { ...NOTHING, verb, group: RBAC_GROUP, version: 'v1', resource, namespace, name: on }).allowed;

  let granted: readonly PolicyRule[];
  if (plural === 'roles' || plural === 'clusterroles') {
    if (may('escalate', plural, name)) return;
    granted = grantedByRole(object as Role, before as Role | undefined);
  } else {
    const binding = object as unknown as Binding;
    if (before && sameBinding(binding, before as unknown as Binding)) return;
    const { kind, name: role } = binding.roleRef ?? {};
    if (may('bind', PLURALS[kind] ?? '', role)) return;
    const rules = authorizer.bindings.rulesOf(binding.roleRef, namespace);
    // As Kubernetes has it, the error speaks of the binding's resource and the role's name.
    if (!rules) throw notFound(where, role);
    granted = rules;
  }
  const held = authorizer.rulesFor(user, namespace);
  const lacking = uncovered(held.rules, granted);
  if (lacking.length > 0) throw forbidden(where, name, refusal(user, lacking, held.errors));
}

function grantedByRole(role: Role, before: Role | undefined): PolicyRule[] {
  const aggregates = role.aggregationRule !== undefined && role.aggregationRule !== null;
  const newlyAggregates = aggregates && !isDeepStrictEqual(role.aggregationRule, before?.aggregationRule);
  const rules = role.rules ?? [];
  const newRules = before && isDeepStrictEqual(rules, before.rules ?? []) ? [] : rules;
  return newlyAggregates ? [...EVERYTHING, ...newRules] : newRules;
}

const sameBinding = (a: Binding, b: Binding) =>
  isDeepStrictEqual(a.roleRef, b.roleRef) && isDeepStrictEqual(a.subjects ?? [], b.subjects ?? []);

function refusal(user: UserInfo, lacking: PolicyRule[], errors: string[]): string {
  const who = `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)})`;
  const lines = lacking.map(describeRule).join('\n');
  const problems = errors.length > 0 ? `; resolution errors: [${errors.join(', ')}]` : '';
  return `${who} is attempting to grant RBAC permissions not currently held:\n${lines}${problems}`;
}
