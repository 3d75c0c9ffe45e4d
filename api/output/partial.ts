/** Objects shown as their metadata alone: PartialObjectMetadata and its list. */
import type { AnyObject, ObjectMeta } from '../../types/wire.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { bookmarkLine, joinList, listHead, type View } from './view.ts';

export function partialObject(object: AnyObject, metaVersion: string): AnyObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata: withoutField(object.metadata) };
}

/** An annotation that is a field of a DaemonSet in Kubernetes' internal form, which metadata is taken from. */
const FIELD = 'deprecated.daemonset.template.generation';

function withoutField(metadata: ObjectMeta | undefined): ObjectMeta | undefined {
  if (metadata?.annotations?.[FIELD] === undefined) return metadata;
  const { annotations, ...rest } = metadata;
  const { [FIELD]: _, ...others } = annotations;
  return Object.keys(others).length > 0 ? { ...rest, annotations: others } : rest;
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
