import { forbiddenError } from '../access/attributes.ts';
import type { Authorizer } from '../access/authorizer.ts';
import type { Step } from './exchange.ts';

/** Refuses with 403 what the user may not do. */
export function authorizeStep(authorizer: Authorizer): Step {
  return async ({ user, info }, next) => {
    const { allowed, reason } = authorizer.authorize(user, info);
    if (!allowed) throw forbiddenError(info, reason);
    await next();
  };
}
