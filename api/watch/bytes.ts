/**
 * Objects as bytes. Stored bytes begin with `{"metadata":{` and hold neither resourceVersion nor apiVersion and kind: the first is known only
 * when the store has written, the others depend on who asks (two versions share one stored object; items of built-in lists go without).
 * All three are spliced in when an object is served, so nothing is serialised twice.
 */
import type { AnyObject, ObjectMeta } from '../../types/wire.ts';

const STORED_HEAD = '{"metadata":{';
const HEAD_LENGTH = STORED_HEAD.length;
const OWNED_HEAD = Buffer.from(`${STORED_HEAD}"managedFields":[`);
/** Between the managedFields and the rest of the metadata. No list is inside managedFields, so it is there where it is first found. */
const AFTER_OWNERS = Buffer.from('],"name":"');

/**
 * The stored form: of the metadata the managedFields come first and then the name, so that who does not want to see the former can be spared
 * them (`bareStart`). The object must have a name (so that its metadata is never empty).
 */
export function encodeStored(object: AnyObject): Buffer {
  const { managedFields, name, ...rest } = object.metadata ?? {};
  const metadata: ObjectMeta = { ...(managedFields?.length ? { managedFields } : {}), name, ...rest, resourceVersion: undefined };
  const stored: AnyObject = Object.assign({ metadata: undefined }, object);
  stored.metadata = metadata;
  stored.apiVersion = undefined;
  stored.kind = undefined;
  return Buffer.from(JSON.stringify(stored));
}

/** Where the metadata goes on behind the opening of a stored value. */
export const wholeStart = (): number => HEAD_LENGTH;

/** The same, behind the managedFields: they are a good half of a pod, and components have no use for them. */
export function bareStart(value: Buffer): number {
  if (value.compare(OWNED_HEAD, 0, OWNED_HEAD.length, 0, OWNED_HEAD.length) !== 0) return HEAD_LENGTH;
  return value.indexOf(AFTER_OWNERS, OWNED_HEAD.length) + 2;
}

/** What stands before the resourceVersion of a served object. `type` is absent in the lists of built-in kinds. */
export function servedHead(type: { apiVersion: string; kind: string } | undefined): string {
  if (!type) return `${STORED_HEAD}"resourceVersion":"`;
  return `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(type.apiVersion)},"metadata":{"resourceVersion":"`;
}

/** Bytes that `writeServed` needs at most. */
export function servedLength(head: string, value: Buffer): number {
  return head.length + 18 + value.length - HEAD_LENGTH;
}

/** Writes a served object into `into` at `at` and returns where it ends. */
export function writeServed(into: Buffer, at: number, head: string, revision: number, value: Buffer, from: number): number {
  let end = at + into.write(head, at, 'latin1');
  end += into.write(`${revision}",`, end, 'latin1');
  return end + value.copy(into, end, from);
}

const VERSION_HEAD = '"resourceVersion":"';

/** One served object, between `before` and `after` (both ASCII). Revision 0 (what a dry run would create) has no resourceVersion. */
export function served(head: string, revision: number, value: Buffer, from: number, before = '', after = ''): Buffer {
  const start = revision === 0 ? before + head.slice(0, -VERSION_HEAD.length) : `${before}${head}${revision}",`;
  const bytes = Buffer.allocUnsafe(start.length + value.length - from + after.length);
  const at = bytes.write(start, 0, 'latin1');
  const end = at + value.copy(bytes, at, from);
  if (after) bytes.write(after, end, 'latin1');
  return bytes;
}

/** The stored form as an object of its own (no one else holds it), with apiVersion, kind and resourceVersion put in. */
export function decodeStored(value: Buffer, revision: number, type: { apiVersion: string; kind: string }): AnyObject {
  const stored = JSON.parse(value.toString()) as AnyObject;
  const object: AnyObject = { kind: type.kind, apiVersion: type.apiVersion, ...stored };
  if (object.metadata && revision > 0) object.metadata.resourceVersion = String(revision);
  return object;
}
