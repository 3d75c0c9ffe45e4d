import type { AnyObject } from '../../types/wire.ts';
import { holdForCleanup } from '../crd/crd-strategy.ts';
import { CRD_RESOURCE } from '../crd/definition.ts';
import { conflict, notFound } from '../errors.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, formatted, inForm, objectAnswer } from './call.ts';
import { type DeleteOptions, readDeleteOptions } from './delete-options.ts';
import { orphansByDefault, planDeletion } from './deletion.ts';
import { type Decision, guardedUpdate } from './guarded-update.ts';
import { afterDelete, returnsDeleted } from './kind-rules.ts';
import { admissionRequest, keyFor, storedBytes, type WriteContext, writeContextOf } from './write-context.ts';

/** Deletes one object, or marks it for deletion. Answers with the object while it stays, and of some kinds always; else with a Status. */
export async function deleteOne(call: Call): Promise<Answer> {
  const options = await readDeleteOptions(call);
  const context = writeContextOf(call, { dryRun: (options.dryRun?.length ?? 0) > 0 });
  if (call.kind.storage === 'jobs.batch' && orphansByDefault(call.kind) && !saysPropagation(options)) call.warnings.push(JOB_WARNING);
  const { object, removed } = await deleteObject(context, options);
  if (!removed || returnsDeleted(call.kind)) return objectAnswer(call, object);
  return formatted(call, jsonAnswer(success(context, object)));
}

const JOB_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

const saysPropagation = (options: DeleteOptions) => options.propagationPolicy !== undefined || options.orphanDependents !== undefined;

function success({ kind, name }: WriteContext, object: CachedObject): object {
  const group = kind.group ? { group: kind.group } : {};
  const uid = (object.parse() as AnyObject).metadata?.uid;
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name, ...group, kind: kind.plural, uid } };
}

export interface Deletion {
  /** The last state; of what stays the marked one. */
  object: CachedObject;
  removed: boolean;
}

/** Throws 404, and 409 when a precondition does not hold. */
export async function deleteObject(context: WriteContext, options: DeleteOptions): Promise<Deletion> {
  const key = keyFor(context, context.name);
  // A pod that goes at once is marked first, so that watchers see the mark; the second round removes it.
  let marked: CachedObject | undefined;
  for (;;) {
    let markFirst = false;
    const written = await guardedUpdate(context, key, async (current): Promise<Decision> => {
      markFirst = false;
      if (!current) throw notFound(context.kind, context.name);
      const object = inForm(context.kind, current.parse());
      if (!marked) checkPreconditions(context, object, options);
      await context.core.admission.validate(admissionRequest(context, 'DELETE', undefined, object));
      const now = context.core.clock.now();
      if (context.kind.storage === CRD_RESOURCE && holdForCleanup(object, now))
        return { type: 'update', value: storedBytes(context.kind, object) };
      const plan = planDeletion(context.kind, object, options, now);
      if (plan.fate === 'unchanged') return { keep: true };
      markFirst = plan.fate === 'remove' && plan.markFirst && !marked;
      return { type: plan.fate === 'mark' || markFirst ? 'update' : 'delete', value: storedBytes(context.kind, object) };
    });
    if (written.type === 'delete' || (markFirst && context.dryRun)) {
      if (!context.dryRun) await afterDelete(context, written.object);
      return { object: written.object, removed: true };
    }
    if (!markFirst) return { object: written.object, removed: false };
    marked = written.object;
  }
}

function checkPreconditions({ kind, name }: WriteContext, object: AnyObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = object.metadata ?? {};
  // Here Kubernetes names the kind, not the resource.
  const about = { group: '', plural: kind.kind };
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid})`;
    throw conflict(about, name, `${why}. The object might have been deleted and then recreated`);
  }
  const version = preconditions?.resourceVersion;
  if (version !== undefined && version !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${resourceVersion})`;
    throw conflict(about, name, `${why}. The object might have been modified`);
  }
}
