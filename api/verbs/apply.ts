/** Server-side apply: a client says what it wants of an object, and owns that (k8s.io/apiserver/pkg/endpoints/handlers: patch.go). */
import type { AnyObject } from '../../types/wire.ts';
import { applyObject } from '../apply/managed-fields.ts';
import { badRequest, conflict, notFound } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import { copy, isObject } from '../patch/value.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, inForm, objectAnswer } from './call.ts';
import { createObject } from './create.ts';
import { writingOf } from './field-owners.ts';
import { guardedUpdate, shownAfter } from './guarded-update.ts';
import { checkIdentity } from './identity.ts';
import { finishDecoding } from './kind-rules.ts';
import { replace } from './update.ts';
import { keyFor, type WriteContext, writeContextOf } from './write-context.ts';
import { readWriteOptions } from './write-options.ts';
import { parseYaml } from './yaml.ts';

export const APPLY_TYPE = 'application/apply-patch+yaml';

/** Changes an object into what the client wants of it, or creates it. Throws 409 where others own what would change. */
export async function apply(call: Call): Promise<Answer> {
  const { kind, warnings } = call;
  const options = readWriteOptions(call.info.query, 'PatchOptions', true);
  const context: WriteContext = { ...writeContextOf(call, options), fields: 'applied' };
  const config = await parseConfig(await call.body());
  const key = keyFor(context, context.name);
  let created: CachedObject | undefined;
  const written = await guardedUpdate(context, key, async (current) => {
    const live = current && inForm(kind, current.parse());
    const applied = applyObject(writingOf(context, options.fieldManager), live, copy(config), options.force);
    if (!current) {
      checkMissing(context, applied);
      applied.metadata = { ...applied.metadata, namespace: applied.metadata?.namespace || context.namespace };
    }
    // What the schema does not know was refused already.
    const wanted = finishDecoding(kind, copy(applied), 'Ignore', warnings, undefined);
    checkIdentity(wanted, context);
    if (current) return replace(context, current, wanted);
    call.core.authorize(call.user, { ...call.info, verb: 'create' });
    created = await createObject(context, wanted);
    return { done: created };
  });
  return objectAnswer(call, created ?? shownAfter(written), created ? 201 : 200);
}

/** A body of JSON or YAML as an object. Throws 400. */
export async function parseConfig(body: Buffer): Promise<AnyObject> {
  const text = body.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = await fromYaml(text);
  }
  if (value === null || value === undefined) return {};
  if (!isObject(value)) {
    const type = Array.isArray(value) ? 'array' : typeof value;
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
    );
  }
  return value;
}

async function fromYaml(text: string): Promise<unknown> {
  try {
    return await parseYaml(text);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
}

/** What is not there can't be of a certain uid; a version that it should have is passed over. */
function checkMissing(context: WriteContext, applied: AnyObject): void {
  const { kind, name, subresource } = context;
  if (subresource !== '') throw notFound(kind, name);
  const { uid } = applied.metadata ?? {};
  if (uid) throw conflict(kind, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
  delete applied.metadata?.resourceVersion;
}
