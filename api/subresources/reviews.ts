/** Kinds that are answered and never stored: reviews, and the older way to bind a pod. */
import { groupResource } from '../../types/kinds/kind.ts';
import { handleReview, isReview, type ReviewContext } from '../access/reviews/review.ts';
import { badRequest } from '../errors.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import type { KindTable } from '../registry/kind-table.ts';
import { type Call, formatted } from '../verbs/call.ts';
import { decodeBody } from '../verbs/decode.ts';
import { trackFields } from '../verbs/field-owners.ts';
import type { Verb } from '../verbs/verbs.ts';
import { writeContextOf } from '../verbs/write-context.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
import { bindPod } from './binding.ts';

/** By `plural.group`. */
export function createReviews(kinds: KindTable, context: ReviewContext): Map<string, Verb> {
  const verbs = new Map<string, Verb>([['bindings', bindByBody]]);
  for (const kind of kinds.all()) {
    if (isReview(kind.kind)) verbs.set(groupResource(kind), (call) => review(call, context));
  }
  return verbs;
}

async function review(call: Call, context: ReviewContext): Promise<Answer> {
  const options = readWriteOptions(call.info.query, 'CreateOptions');
  const body = await decodeBody(call, options.fieldValidation);
  // Nothing is stored, but what the client sent is shown as its own.
  trackFields(writeContextOf(call, options), undefined, body);
  const answer = await handleReview(call.kind.kind, body, call.user, call.info.namespace, context);
  return formatted(call, jsonAnswer(answer, 201));
}

/** `POST /api/v1/namespaces/NS/bindings`: the pod is named by the body. */
async function bindByBody(call: Call): Promise<Answer> {
  const { core, user, warnings, info } = call;
  const options = readWriteOptions(info.query, 'CreateOptions');
  const binding = await decodeBody(call, options.fieldValidation);
  const kind = core.kinds.find('', 'v1', 'pods');
  const name = binding.metadata?.name;
  if (!kind || !name) throw badRequest('a Binding names its pod in metadata.name');
  await bindPod({ core, kind, user, warnings, namespace: info.namespace, name, subresource: 'binding', dryRun: options.dryRun }, binding);
  return formatted(call, jsonAnswer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201));
}
