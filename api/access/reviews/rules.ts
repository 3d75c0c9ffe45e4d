import type { AnyObject } from '../../../types/wire.ts';
import { badRequest } from '../../errors.ts';
import type { PolicyRule } from '../rules.ts';
import { MASTERS, type UserInfo } from '../user.ts';
import type { ReviewContext } from './review.ts';

/** What may I do in this namespace? */
export function reviewOwnRules(body: AnyObject, user: UserInfo, _namespace: string, { authorizer }: ReviewContext): AnyObject {
  const { namespace } = (body.spec ?? {}) as { namespace?: string };
  if (!namespace) throw badRequest('no namespace on request');
  const { rules, errors } = authorizer.rulesFor(user, namespace);
  const held = user.groups.includes(MASTERS) ? [EVERYTHING, ...rules] : rules;
  const resourceRules = held
    .filter((rule) => rule.resources?.length)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames?.length ? { resourceNames } : {}),
    }));
  const nonResourceRules = [...held, ...(held === rules ? [] : [EVERY_PATH])]
    .filter((rule) => rule.nonResourceURLs?.length)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  const status = { resourceRules, nonResourceRules, incomplete: false };
  return { ...body, spec: {}, status: errors.length > 0 ? { ...status, evaluationError: errors.join(', ') } : status };
}

const EVERYTHING: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
const EVERY_PATH: PolicyRule = { verbs: ['*'], nonResourceURLs: ['*'] };
