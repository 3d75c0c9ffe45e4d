import type { Authenticate } from '../access/authenticate.ts';
import type { Authorizer } from '../access/authorizer.ts';
import { impersonate } from '../access/impersonate.ts';
import { unauthorized } from '../errors.ts';
import type { Step } from './exchange.ts';

/** Finds out who asks, and whom they ask to be taken for (Impersonate-User and the like). */
export function authenticateStep(authenticate: Authenticate, authorizer: Authorizer): Step {
  return async (exchange, next) => {
    const user = await authenticate(exchange.request);
    if (!user) throw unauthorized();
    const { headers, rawHeaders } = exchange.request;
    exchange.user = impersonate(headers, rawHeaders, user, authorizer);
    await next();
  };
}
