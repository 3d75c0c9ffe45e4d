/** Takes away what a custom kind's schema does not know (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning). */
import type { Schema } from '../../types/kinds/kind.ts';
import { child, type Path, textOf } from './path.ts';
import { isEmbedded, isObject, type JsonObject, preservesUnknown, schemaOf } from './structural.ts';

const TYPE_META = ['apiVersion', 'kind', 'metadata'];

/** The fields of ObjectMeta; an embedded object's metadata holds no others. */
const METADATA_FIELDS = new Set([
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]);

/** Changes the object in place. Returns the paths of what is gone, sorted. The object's own metadata is not looked at. */
export function pruneCustom(object: JsonObject, schema: Schema): string[] {
  const gone: string[] = [];
  pruneObject(object, schema, undefined, gone, true);
  return gone.sort();
}

function prune(value: unknown, schema: Schema, path: Path | undefined, gone: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [i, one] of value.entries()) prune(one, items, child(path, i), gone);
  } else if (isObject(value)) pruneObject(value, schema, path, gone, isEmbedded(schema));
}

function pruneObject(object: JsonObject, schema: Schema, path: Path | undefined, gone: string[], embedded: boolean): void {
  for (const key of Object.keys(object)) {
    if (embedded && TYPE_META.includes(key)) {
      if (key === 'metadata' && path) pruneMetadata(object[key], child(path, key), gone);
      continue;
    }
    const known = schemaOf(schema, key);
    if (known) prune(object[key], known, child(path, key), gone);
    else if (!preservesUnknown(schema) && schema.additionalProperties !== true) {
      delete object[key];
      gone.push(textOf(child(path, key)));
    }
  }
}

function pruneMetadata(metadata: unknown, path: Path, gone: string[]): void {
  if (!isObject(metadata)) return;
  for (const key of Object.keys(metadata)) {
    if (METADATA_FIELDS.has(key)) continue;
    delete metadata[key];
    gone.push(textOf(child(path, key)));
  }
}
