/** Kinds that are questions: a client creates one and is sent it back with the answer; nothing is stored. */
import type { Clock } from '../../../types/part/clock.ts';
import { rfc3339 } from '../../../types/part/clock.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { badRequest } from '../../errors.ts';
import type { AuthenticateToken } from '../authenticate.ts';
import type { Authorizer } from '../authorizer.ts';
import type { UserInfo } from '../user.ts';
import { reviewLocalAccess, reviewOwnAccess, reviewSubjectAccess } from './access.ts';
import { reviewOwnRules } from './rules.ts';
import { reviewToken } from './token.ts';

export interface ReviewContext {
  authorizer: Authorizer;
  authenticateToken: AuthenticateToken;
  clock: Clock;
}

type Handler = (body: AnyObject, user: UserInfo, namespace: string, context: ReviewContext) => AnyObject | Promise<AnyObject>;

const HANDLERS: Record<string, Handler> = {
  SelfSubjectAccessReview: reviewOwnAccess,
  SubjectAccessReview: reviewSubjectAccess,
  LocalSubjectAccessReview: reviewLocalAccess,
  SelfSubjectRulesReview: reviewOwnRules,
  SelfSubjectReview: reviewSelf,
  TokenReview: reviewToken,
};

export const isReview = (kind: string) => Object.hasOwn(HANDLERS, kind);

/** The body with its `status` filled in. `namespace` is the path's. Throws a 400 or 422 `StatusError`. */
export async function handleReview(
  kind: string,
  body: AnyObject,
  user: UserInfo,
  namespace: string,
  context: ReviewContext,
): Promise<AnyObject> {
  const handler = HANDLERS[kind];
  if (!handler) throw badRequest(`${kind} is not a kind of review`);
  return handler(body, user, namespace, context);
}

function reviewSelf(body: AnyObject, user: UserInfo, _namespace: string, { clock }: ReviewContext): AnyObject {
  const { name, ...rest } = user;
  return { ...body, metadata: { creationTimestamp: rfc3339(clock.now()) }, status: { userInfo: { username: name, ...rest } } };
}
