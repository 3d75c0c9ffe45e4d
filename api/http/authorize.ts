import { type Attributes, forbiddenError } from '../access/attributes.ts';
import type { Authorizer } from '../access/authorizer.ts';
import type { UserInfo } from '../access/user.ts';
import type { Step } from './exchange.ts';
import type { RequestInfo } from './request-info.ts';

const OF_ONE_NAME = /(?:^|,)metadata\.name==?([^,]*)(?:,|$)/;

/** A collection narrowed down to one name counts as a request for that object, so that rules with resourceNames can allow it. */
function withSelectedName(info: RequestInfo): Attributes {
  if (!info.isResource || info.name !== '' || !['list', 'watch', 'deletecollection'].includes(info.verb)) return info;
  const name = OF_ONE_NAME.exec(info.query.get('fieldSelector') ?? '')?.[1];
  return name ? { ...info, name } : info;
}

/** Throws 403 for what the user may not do. */
export function authorizeOr403(authorizer: Authorizer): (user: UserInfo, attributes: Attributes) => void {
  return (user, attributes) => {
    const { allowed, reason } = authorizer.authorize(user, attributes);
    if (!allowed) throw forbiddenError(attributes, reason);
  };
}

/** Refuses with 403 what the user may not do. */
export function authorizeStep(authorizer: Authorizer): Step {
  const authorize = authorizeOr403(authorizer);
  return async ({ user, info }, next) => {
    authorize(user, withSelectedName(info));
    await next();
  };
}
