import { rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import { alreadyExists, failure, invalid, type StatusError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, objectAnswer } from './call.ts';
import { decodeBody } from './decode.ts';
import { trackFields } from './field-owners.ts';
import { createFaults, faultyKind, strategyFor } from './kind-rules.ts';
import {
  admissionRequest,
  adoptNamespace,
  cacheFor,
  keyFor,
  stateOf,
  storedBytes,
  type WriteContext,
  writeContextOf,
} from './write-context.ts';
import { readWriteOptions } from './write-options.ts';

/** Stores a new object. */
export async function create(call: Call): Promise<Answer> {
  const options = readWriteOptions(call.info.query, 'CreateOptions');
  const object = await decodeBody(call, options.fieldValidation);
  return objectAnswer(call, await createObject(writeContextOf(call, options), object), 201);
}

/** A generated name of this length and more is cut before its five random characters (k8s.io/apiserver/pkg/storage/names). */
const MAX_GENERATED = 63;
const SUFFIX = 5;
/** How often a generated name that is taken is generated again. */
const NAME_ATTEMPTS = 8;

/**
 * Admits, prepares, checks and stores an object, which is given decoded and defaulted. The order is kube-apiserver's: mutating admission,
 * preparation, validation, validating admission. Throws 409 when it exists.
 */
export async function createObject(context: WriteContext, object: AnyObject): Promise<CachedObject> {
  adoptNamespace(context, object);
  trackFields(context, undefined, object);
  const request = admissionRequest(context, 'CREATE', object, undefined);
  await context.core.admission.mutate(request);
  const metadata = object.metadata ?? {};
  if (metadata.resourceVersion) throw failure(500, undefined, 'resourceVersion should not be set on objects to be created');
  const generate = !metadata.name && metadata.generateName ? metadata.generateName : undefined;
  stamp(context, object);
  for (let attempt = 1; ; attempt++) {
    if (generate !== undefined) metadata.name = `${generate.slice(0, MAX_GENERATED - SUFFIX)}${context.core.random.suffix(SUFFIX)}`;
    // Some kinds make labels of the name: each name needs its own preparation.
    strategyFor(context.kind).prepareForCreate?.(object);
    const faults = context.vouchedFor ? [] : createFaults(context.kind, object);
    if (faults.length > 0) throw invalid(faultyKind(context.kind), metadata.name ?? '', faults);
    await context.core.admission.validate(request);
    context.warnings.push(...(strategyFor(context.kind).warnings?.(object) ?? []));
    const stored = await store(context, object);
    if (stored) return stored;
    if (generate === undefined || attempt === NAME_ATTEMPTS) throw await taken(context, metadata.name ?? '');
  }
}

/** The error for a name that is taken; it says so when the object that has it is about to go. */
async function taken(context: WriteContext, name: string): Promise<StatusError> {
  const error = alreadyExists(context.kind, name);
  const cache = cacheFor(context);
  await cache.fresh();
  const other = cache.get(keyFor(context, name));
  if (other?.parse().metadata?.deletionTimestamp) error.status.message = `object is being deleted: ${error.status.message}`;
  return error;
}

/** What the server decides at creation, whatever the client sent. */
function stamp({ core }: WriteContext, object: AnyObject): void {
  const metadata = object.metadata ?? {};
  metadata.uid = core.random.uuid();
  metadata.creationTimestamp = rfc3339(core.clock.now());
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete (metadata as { selfLink?: string }).selfLink;
}

/** Undefined when an object of that name exists. */
async function store(context: WriteContext, object: AnyObject): Promise<CachedObject | undefined> {
  const cache = cacheFor(context);
  const key = keyFor(context, object.metadata?.name ?? '');
  const allocation = context.kind.storage === 'services' ? await context.core.services.allocate(object, undefined) : undefined;
  const value = storedBytes(context.kind, object);
  if (context.dryRun) {
    await cache.fresh();
    await allocation?.undo();
    return cache.get(key) ? undefined : stateOf(context, key, 0, value);
  }
  const result = await cache.store.write({ key, expect: 0, value, type: 'create' });
  if (!result.ok) {
    await allocation?.undo();
    return undefined;
  }
  cache.offer({ revision: result.revision, type: 'create', key, value });
  return stateOf(context, key, result.revision, value);
}
