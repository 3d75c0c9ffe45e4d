import { semanticallyEqual } from '../../types/equal.ts';
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { Allocation } from '../allocation/services.ts';
import { type Entry, sameButTimes } from '../apply/entries.ts';
import { badRequest, conflict, failure, invalid, notFound, OBJECT_MODIFIED } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import { equal } from '../patch/value.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, inForm, objectAnswer } from './call.ts';
import { createObject } from './create.ts';
import { decodeBody } from './decode.ts';
import { trackFields } from './field-owners.ts';
import { type Decision, guardedUpdate, shownAfter } from './guarded-update.ts';
import { createdByUpdate, faultyKind, needsVersionToUpdate, strategyFor, updateFaults } from './kind-rules.ts';
import { uidMismatch } from './uid-mismatch.ts';
import { admissionRequest, adoptNamespace, keyFor, storedBytes, type WriteContext, writeContextOf } from './write-context.ts';
import { readWriteOptions } from './write-options.ts';

/** Puts an object in the place of the one that is there; some kinds are created when there is none. */
export async function update(call: Call): Promise<Answer> {
  const options = readWriteOptions(call.info.query, 'UpdateOptions');
  const context = writeContextOf(call, options);
  const object = await decodeBody(call, options.fieldValidation);
  const { name } = context;
  let first = true;
  let created: CachedObject | undefined;
  const written = await guardedUpdate(context, keyFor(context, name), async (current) => {
    // Preparation changes the object: a second round begins with what the client sent.
    const wanted = first ? object : await decodeBody(call, 'Ignore');
    first = false;
    adoptName(context, wanted);
    adoptNamespace(context, wanted);
    if (current) {
      const before = inForm(context.kind, current.parse());
      checkUid(context, before, wanted);
      return replace(context, current, wanted, before);
    }
    if (!createdByUpdate(context.kind) || context.subresource) throw notFound(context.kind, name);
    if (wanted.metadata?.resourceVersion) throw conflict(context.kind, name, 'StorageError: not found');
    delete wanted.metadata?.resourceVersion;
    call.core.authorize(call.user, { ...call.info, verb: 'create' });
    created = await createObject(context, wanted);
    return { done: created };
  });
  return objectAnswer(call, created ?? shownAfter(written), created ? 201 : 200);
}

/**
 * Decides what becomes of `current` when it is to be `wanted` (given whole, in the served form). Shared by update and patch. `before`: the
 * parse of `current` in the served form, where the caller has one that shares nothing with `wanted`.
 */
export async function replace(
  context: WriteContext,
  current: CachedObject,
  wanted: AnyObject,
  before: AnyObject = inForm(context.kind, current.parse()),
): Promise<Decision> {
  const { kind, name, core } = context;
  checkVersion(context, current, wanted);
  carryOver(wanted, before);
  trackFields(context, before, wanted);
  const request = admissionRequest(context, 'UPDATE', wanted, before);
  await core.admission.mutate(request);
  const strategy = strategyFor(kind);
  const own = strategy.subresources?.[context.subresource];
  if (context.subresource === 'status') strategy.prepareForStatusUpdate?.(wanted, before);
  else if (own) own.prepare(wanted, before);
  else if (context.subresource !== 'finalize') strategy.prepareForUpdate?.(wanted, before);
  const faults = updateFaults(kind, wanted, before, context.subresource);
  if (faults.length > 0) throw invalid(faultyKind(kind), name, faults);
  context.warnings.push(...(strategy.warnings?.(wanted) ?? []));
  await core.admission.validate(request);
  const allocation = kind.storage === 'services' && context.subresource === '' ? await core.services.allocate(wanted, before) : undefined;
  return settle(context, current, wanted, before, allocation);
}

/** A namespace is held by the finalizers of its spec as well. */
function isHeld({ kind }: WriteContext, { metadata, spec }: AnyObject): boolean {
  if (metadata?.finalizers?.length) return true;
  return kind.storage === 'namespaces' && ((spec as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0;
}

/** A deletion that waited for the last finalizer to go is done now; a change that changes nothing is not written. */
function settle(context: WriteContext, current: CachedObject, wanted: AnyObject, before: AnyObject, allocation?: Allocation): Decision {
  const metadata = wanted.metadata ?? {};
  const gone = metadata.deletionTimestamp !== undefined && !isHeld(context, wanted) && (metadata.deletionGracePeriodSeconds ?? 0) === 0;
  if (gone && before.metadata?.deletionTimestamp !== undefined) return { type: 'delete', value: storedBytes(context.kind, wanted) };
  if (same(context.kind, wanted, before)) return { keep: true, shown: current };
  return { type: 'update', value: storedBytes(context.kind, wanted), ...(allocation ? { allocation } : {}) };
}

/** When somebody changed something last does not count (fieldmanager: IgnoreManagedFieldsTimestampsTransformer). */
function same(kind: Kind, wanted: AnyObject, before: AnyObject): boolean {
  const metadata = wanted.metadata ?? {};
  const entries = metadata.managedFields;
  const old = before.metadata?.managedFields;
  if (!sameButTimes(entries as Entry[] | undefined, old as Entry[] | undefined)) return false;
  metadata.managedFields = old;
  const nothing = kind.custom ? equal(wanted, before) : semanticallyEqual(wanted, before);
  metadata.managedFields = entries;
  return nothing;
}

/** An update with a uid is of that object, not of another that has taken its name. */
function checkUid(context: WriteContext, before: AnyObject, wanted: AnyObject): void {
  const uid = wanted.metadata?.uid;
  const stored = before.metadata?.uid;
  if (uid && uid !== stored) throw uidMismatch(context, uid, stored);
}

function checkVersion(context: WriteContext, current: CachedObject, wanted: AnyObject): void {
  const { kind, name } = context;
  const { resourceVersion } = wanted.metadata ?? {};
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) {
    throw failure(500, undefined, `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  }
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== String(current.revision))
    throw conflict(kind, name, OBJECT_MODIFIED);
  if (!resourceVersion && needsVersionToUpdate(kind)) {
    const fault = { field: 'metadata.resourceVersion', type: 'invalid' as const, value: 0, detail: 'must be specified for an update' };
    // Kubernetes names the resource here, where it names the kind elsewhere.
    throw invalid({ group: kind.group, kind: kind.plural }, name, [fault]);
  }
}

/** What a client can't change, or may leave out (rest.BeforeUpdate). */
function carryOver(wanted: AnyObject, before: AnyObject): void {
  const metadata = wanted.metadata ?? {};
  const old = before.metadata ?? {};
  metadata.uid ||= old.uid;
  metadata.creationTimestamp = old.creationTimestamp;
  metadata.resourceVersion = old.resourceVersion;
  if (metadata.generateName === undefined && old.generateName !== undefined) metadata.generateName = old.generateName;
  if (old.generation === undefined) delete metadata.generation;
  else metadata.generation = old.generation;
  // Only a deletion sets these: they may be left out, and what is sent otherwise is a fault.
  if (old.deletionTimestamp) metadata.deletionTimestamp ??= old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) metadata.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  delete (metadata as { selfLink?: string }).selfLink;
}

/** The object's name must be the path's, or empty. Sets it. Throws 400. */
function adoptName(context: WriteContext, object: AnyObject): void {
  object.metadata ??= {};
  const { metadata } = object;
  const name = metadata.name ?? '';
  if (name !== context.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${context.name})`);
}
