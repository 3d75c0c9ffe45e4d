/** ClusterRole aggregation: a role with an aggregation rule has the rules of all roles that it selects. */
import type * as k8s from '@kubernetes/client-node';
import { isNotFound } from '../../client/errors.ts';
import { keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import { resource } from '../../client/resource.ts';
import type { Wire } from '../../types/wire.ts';
import { type Controller, loopOf } from '../controller.ts';
import { same } from '../shared/same.ts';

const NAME = 'clusterrole-aggregation-controller';

export type ClusterRole = Wire<k8s.V1ClusterRole>;
export const clusterRoles = resource<ClusterRole>('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false);
type Rule = NonNullable<ClusterRole['rules']>[number];

/** The rules of the selected roles, by their names, each rule once. Undefined: the role has no aggregation rule. */
export function aggregated(role: ClusterRole, all: Iterable<ClusterRole>): Rule[] | undefined {
  if (!role.aggregationRule) return undefined;
  const others = [...all].filter((other) => other.metadata?.name !== role.metadata?.name);
  others.sort((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
  const rules: Rule[] = [];
  for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
    const selects = labelPredicate(selector);
    for (const other of others) {
      if (!selects(other.metadata?.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => same(known, rule))) rules.push(rule);
    }
  }
  return rules;
}

export const clusterRoleAggregation: Controller = {
  name: NAME,
  start: (env) => {
    const roles = env.informers.for(clusterRoles);
    return loopOf(env, {
      name: NAME,
      sources: (add) => {
        // Any role may be part of any other.
        const all = () => {
          for (const role of roles.list()) if (role.aggregationRule) add(keyOf(role));
        };
        roles.handle({ add: all, update: all, remove: all });
      },
      reconcile: async (name) => {
        const role = roles.get(name);
        const rules = role && aggregated(role, roles.list());
        if (!role || !rules || same(role.rules ?? [], rules)) return undefined;
        await env.client.update(clusterRoles, { ...role, rules }).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
        return undefined;
      },
    });
  },
};
