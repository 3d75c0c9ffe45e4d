/** Objects shown as their metadata alone: PartialObjectMetadata and its list. */
import type { AnyObject } from '../../types/wire.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { bookmarkLine, joinList, listHead, type View } from './view.ts';

export function partialObject(object: AnyObject, metaVersion: string): AnyObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata: object.metadata };
}

export function partialView(metaVersion: string): View {
  const type = { apiVersion: `meta.k8s.io/${metaVersion}`, kind: 'PartialObjectMetadata' };
  const text = (object: CachedObject) => JSON.stringify(partialObject(object.parse(), metaVersion));
  return {
    id: `partial ${metaVersion}`,
    one: (object) => Buffer.from(text(object)),
    list: (objects, meta) =>
      joinList(
        listHead({ ...type, kind: 'PartialObjectMetadataList' }, meta, 'items'),
        objects.map((o) => Buffer.from(text(o))),
      ),
    event: (name, object) => Buffer.from(`{"type":"${name}","object":${text(object)}}\n`),
    bookmark: (revision, end) => bookmarkLine(type, revision, end),
  };
}
