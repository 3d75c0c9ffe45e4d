import type { AnyObject } from '../../types/wire.ts';
import { badRequest, failure, invalid, notFound, StatusError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import { applyPatch, type PatchType } from '../patch/apply-patch.ts';
import { goText } from '../patch/value.ts';
import { APPLY_TYPE, apply } from './apply.ts';
import { type Call, inForm, mediaTypeOf, objectAnswer } from './call.ts';
import { guardedUpdate, shownAfter } from './guarded-update.ts';
import { checkIdentity } from './identity.ts';
import { parseJsonText } from './json-error.ts';
import { finishDecoding } from './kind-rules.ts';
import { replace } from './update.ts';
import { keyFor, writeContextOf } from './write-context.ts';
import { type FieldValidation, readWriteOptions } from './write-options.ts';

export const PATCH_TYPES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

/** Changes an object by a patch; what another writer did in between is kept, unless the patch names a resourceVersion. */
export async function patch(call: Call): Promise<Answer> {
  const media = mediaTypeOf(call);
  if (media === APPLY_TYPE) return apply(call);
  const type = PATCH_TYPES[media];
  if (!type || (type === 'strategic' && call.kind.custom)) throw unsupportedPatch();
  const options = readWriteOptions(call.info.query, 'PatchOptions');
  const context = writeContextOf(call, options);
  const body = parsePatch(await call.body());
  const written = await guardedUpdate(context, keyFor(context, context.name), async (current) => {
    if (!current) throw notFound(call.kind, context.name);
    const before = inForm(call.kind, current.parse());
    const wanted = decodePatched(call, type, type === 'json' ? before : withoutOwners(before), body, options.fieldValidation);
    checkIdentity(wanted, before.metadata ?? {});
    return replace(context, current, wanted, before);
  });
  return objectAnswer(call, shownAfter(written));
}

/** Only JSON patches can look at who owns what; to leave it out is to leave it as it is. */
function withoutOwners(object: AnyObject): AnyObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

/** What the patch makes of the object. Where that can't be decoded, the patch is what is invalid. Throws 400, 413 and 422. */
function decodePatched(call: Call, type: PatchType, before: AnyObject, body: unknown, validation: FieldValidation): AnyObject {
  const { kind } = call;
  const patched = applyPatch(type, before, body, kind);
  try {
    return finishDecoding(kind, patched, validation, call.warnings, undefined);
  } catch (error) {
    const why = error instanceof StatusError ? error.status.message?.split(` cannot be handled as a ${kind.kind}: `)[1] : undefined;
    if (why === undefined) throw error;
    // Decoding may have changed the object: it is patched once more to be shown.
    const value = type === 'strategic' ? goText(body) : JSON.stringify(applyPatch(type, before, body, kind));
    const refusal = invalid({ group: '', kind: '' }, '', [{ field: 'patch', type: 'invalid', value, detail: why }]);
    delete refusal.status.details?.kind;
    throw refusal;
  }
}

export function parsePatch(body: Buffer): unknown {
  try {
    return parseJsonText(body.toString());
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
}

/** 415. */
export function unsupportedPatch() {
  return failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}
