import type { AnyObject } from '../../../types/wire.ts';
import { badRequest } from '../../errors.ts';
import type { UserInfo } from '../user.ts';
import type { ReviewContext } from './review.ts';

/** Whose token is this? */
export async function reviewToken(
  body: AnyObject,
  _user: UserInfo,
  _namespace: string,
  { authenticateToken }: ReviewContext,
): Promise<AnyObject> {
  const { token, audiences } = (body.spec ?? {}) as { token?: string; audiences?: string[] };
  if (!token) throw badRequest('token is required for TokenReview in authentication');
  const outcome = await authenticateToken(token, audiences?.length ? audiences : undefined);
  if (!('user' in outcome)) return { ...body, status: { user: {}, error: outcome.error } };
  const { name, ...rest } = outcome.user;
  const status = { authenticated: true, user: { username: name, ...rest } };
  return { ...body, status: outcome.audiences.length > 0 ? { ...status, audiences: outcome.audiences } : status };
}
