/**
 * A view is one way to show the objects of a kind: as they are, as a Table, or as their metadata alone. Two requests with the same view share
 * the bytes that were made for either.
 */
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject, ListMeta } from '../../types/wire.ts';
import type { Conversion } from '../convert/conversion.ts';
import { bareStart, served, servedHead, servedLength, wholeStart, writeServed } from '../watch/bytes.ts';
import type { CachedObject } from '../watch/cached-object.ts';

export interface View {
  /** Equal for views that make equal bytes. */
  readonly id: string;
  /** One object as the whole body of an answer. */
  one(object: CachedObject): Buffer;
  list(objects: CachedObject[], meta: ListMeta): Buffer;
  /** One line of a watch. `first`: nothing was sent before it. */
  event(type: string, object: CachedObject, first: boolean): Buffer;
  bookmark(revision: number, initialEventsEnd: boolean): Buffer;
}

export interface TypeOf {
  apiVersion: string;
  kind: string;
}

export function apiVersionOf(kind: { group: string; version: string }): string {
  return kind.group ? `${kind.group}/${kind.version}` : kind.version;
}

/** `{...,"items":[` of a list; `metadata` is written in the order in which Kubernetes writes it. */
export function listHead(type: TypeOf, meta: ListMeta, items: string): string {
  return `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(type.apiVersion)},"metadata":${JSON.stringify(meta)},"${items}":[`;
}

export function bookmarkLine(type: TypeOf, revision: number, initialEventsEnd: boolean, more = ''): Buffer {
  const annotations = initialEventsEnd ? ',"annotations":{"k8s.io/initial-events-end":"true"}' : '';
  const head = `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(type.apiVersion)}`;
  return Buffer.from(`{"type":"BOOKMARK","object":${head},"metadata":{"resourceVersion":"${revision}"${annotations}}${more}}}\n`);
}

/** Joins items with commas between `head` and `]}`. */
export function joinList(head: string, items: Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from(head)];
  items.forEach((item, i) => {
    if (i > 0) parts.push(COMMA);
    parts.push(item);
  });
  parts.push(LIST_END);
  return Buffer.concat(parts);
}

const COMMA = Buffer.from(',');
const LIST_END = Buffer.from(']}');

/**
 * Objects as they are, in the form of `kind`. `conversion` is absent when the stored form is that form (but for its apiVersion). `bare`: without
 * managedFields, where that costs nothing.
 */
export function objectView(kind: Kind, conversion: Conversion | undefined, bare: boolean): View {
  return conversion ? convertedView(kind, conversion) : splicedView(kind, bare);
}

function splicedView(kind: Kind, bare: boolean): View {
  const from = bare ? bareStart : wholeStart;
  const type = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const head = servedHead(type);
  // The items of a built-in list carry no apiVersion and kind; those of a custom one do.
  const itemHead = kind.custom ? head : servedHead(undefined);
  return {
    id: `object ${type.apiVersion}${bare ? ' bare' : ''}`,
    one: (object) => served(head, object.revision, object.value, from(object.value)),
    list: (objects, meta) => splicedList(listHead({ ...type, kind: kind.listKind }, meta, 'items'), itemHead, objects, from),
    event: (name, object) => served(head, object.revision, object.value, from(object.value), `{"type":"${name}","object":`, '}\n'),
    bookmark: (revision, end) => bookmarkLine(type, revision, end),
  };
}

/** One copy of every stored value into one buffer. */
function splicedList(head: string, itemHead: string, objects: CachedObject[], from: (value: Buffer) => number): Buffer {
  const start = Buffer.from(head);
  let length = start.length + 2;
  for (const object of objects) length += servedLength(itemHead, object.value) + 1;
  const bytes = Buffer.allocUnsafe(length);
  let at = start.copy(bytes, 0);
  for (let i = 0; i < objects.length; i++) {
    if (i > 0) bytes[at++] = 0x2c;
    const object = objects[i] as CachedObject;
    at = writeServed(bytes, at, itemHead, object.revision, object.value, from(object.value));
  }
  at += LIST_END.copy(bytes, at);
  return bytes.subarray(0, at);
}

function convertedView(kind: Kind, conversion: Conversion): View {
  const type = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const convert = (object: CachedObject): AnyObject => ({ ...conversion.fromStored(object.parse()), ...type });
  return {
    id: `object ${type.apiVersion}`,
    one: (object) => Buffer.from(JSON.stringify(convert(object))),
    list: (objects, meta) => {
      const bare = { apiVersion: undefined, kind: undefined };
      const items = objects.map((o) => Buffer.from(JSON.stringify({ ...convert(o), ...bare })));
      return joinList(listHead({ ...type, kind: kind.listKind }, meta, 'items'), items);
    },
    event: (name, object) => Buffer.from(`{"type":"${name}","object":${JSON.stringify(convert(object))}}\n`),
    bookmark: (revision, end) => bookmarkLine(type, revision, end),
  };
}
