/** `serviceaccounts/NAME/token`: a token for a ServiceAccount. */
import { requestToken, type TokenRequestContext } from '../access/token-request.ts';
import { badRequest, notFound } from '../errors.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import { type Call, cacheOf, formatted, keyOf } from '../verbs/call.ts';
import { parseBody } from '../verbs/decode.ts';
import type { SubresourceVerbs } from './subresources.ts';

export function tokenVerbs(context: TokenRequestContext): SubresourceVerbs {
  return { create: (call) => issue(call, context) };
}

async function issue(call: Call, context: TokenRequestContext): Promise<Answer> {
  const body = await parseBody(call, 'TokenRequest');
  if (body.kind && body.kind !== 'TokenRequest') throw badRequest(`a TokenRequest is expected, not a ${body.kind}`);
  const cache = cacheOf(call);
  await cache.fresh();
  const account = cache.get(keyOf(call));
  if (!account) throw notFound(call.kind, call.info.name);
  return formatted(call, jsonAnswer(await requestToken(account.parse(), body, context), 201));
}
