/** What a write needs besides the object; a request has one, and so does what the server writes by itself. */
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { UserInfo } from '../access/user.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import type { Core } from '../core.ts';
import { badRequest, failure } from '../errors.ts';
import { encodeStored } from '../watch/bytes.ts';
import { CachedObject } from '../watch/cached-object.ts';
import type { ResourceCache } from '../watch/resource-cache.ts';
import { type Call, conversionFor, keyIn } from './call.ts';
import { managerOf } from './manager-name.ts';
import type { WriteOptions } from './write-options.ts';

export interface WriteContext {
  core: Core;
  kind: Kind;
  user: UserInfo;
  namespace: string;
  /** Empty for a creation. */
  name: string;
  subresource: string;
  dryRun: boolean;
  warnings: string[];
  /** Who comes to own what the write changes; `applied`: the object says it. Absent: a write of the server's own, which nobody owns. */
  fields?: { manager: string } | 'applied';
  /** An object that comes with the server, which our tests have checked: it is not checked again at every first start. */
  vouchedFor?: boolean;
}

/** With a `fieldManager` in the options, even an empty one, the write makes the client an owner of what it changes. */
export function writeContextOf(
  call: Call,
  options: Pick<WriteOptions, 'dryRun'> & Partial<Pick<WriteOptions, 'fieldManager'>>,
): WriteContext {
  const { core, kind, user, warnings, info } = call;
  const namespace = kind.namespaced ? info.namespace : '';
  const context = { core, kind, user, namespace, name: info.name, subresource: info.subresource, dryRun: options.dryRun, warnings };
  if (options.fieldManager === undefined) return context;
  return { ...context, fields: { manager: managerOf(call.request, options.fieldManager) } };
}

export const cacheFor = (context: WriteContext): ResourceCache => context.core.caches.of(context.kind.storage);

export function admissionRequest(
  context: WriteContext,
  operation: AdmissionRequest['operation'],
  object: AnyObject | undefined,
  before: AnyObject | undefined,
): AdmissionRequest {
  const { kind, subresource, namespace, user, dryRun, warnings } = context;
  const name = object?.metadata?.name ?? before?.metadata?.name ?? context.name;
  return { operation, kind, subresource, namespace, name, user, object, before, dryRun, warnings };
}

/** The bytes to store for an object in the served form of its kind. */
export function storedBytes(kind: Kind, object: AnyObject): Buffer {
  const conversion = conversionFor(kind);
  const bytes = encodeStored(conversion ? conversion.toStored(object) : object);
  if (bytes.length > MAX_STORED) throw tooBig(bytes.length);
  return bytes;
}

/** What etcd takes at most in one request, by default. */
const MAX_STORED = 1.5 * 1024 * 1024;
const tooBig = (length: number) => failure(500, undefined, `etcdserver: request is too large (${length} bytes, at most ${MAX_STORED})`);

/** A state as the cache holds it, of bytes that were just written (or, in a dry run, not written). */
export function stateOf(context: WriteContext, key: string, revision: number, value: Buffer): CachedObject {
  return new CachedObject(key, revision, value, context.core.caches.storedType(context.kind.storage));
}

/** The object's namespace must be the path's, or empty. Sets it. Throws 400. */
export function adoptNamespace(context: WriteContext, object: AnyObject): void {
  object.metadata ??= {};
  const { metadata } = object;
  if (!context.kind.namespaced) {
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace && metadata.namespace !== context.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  metadata.namespace = context.namespace;
}

export const keyFor = (context: WriteContext, name: string): string => keyIn(context.kind, context.namespace, name);
