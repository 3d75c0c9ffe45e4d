/**
 * The scale subresource writes one field of an object, under another name: who owns `spec.replicas` of a Scale owns what it stands for
 * (k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go).
 */
import type { Entry } from './entries.ts';
import { difference, hasPath, isEmptySet, setOf, union } from './field-set.ts';

const SCALE_VERSION = 'autoscaling/v1';
const IN_SCALE = ['f:spec', 'f:replicas'];

const sameManager = (a: Entry, b: Entry) =>
  a.manager === b.manager && a.operation === b.operation && (a.subresource ?? '') === (b.subresource ?? '');

/** The managed fields of a Scale, from those of its object. `path`: the elements of the field that holds the replicas. */
export function scaleEntries(entries: readonly Entry[], path: readonly string[]): Entry[] {
  return entries.filter((entry) => owns(entry, path)).map((entry) => ({ ...entry, apiVersion: SCALE_VERSION, fieldsV1: setOf(IN_SCALE) }));
}

const owns = (entry: Entry, path: readonly string[]) => hasPath(entry.fieldsV1 ?? {}, path);

/** The managed fields of the object, after those of its Scale have become `scale`. A new owner has no time, as in Kubernetes. */
export function parentEntries(entries: readonly Entry[], scale: readonly Entry[], path: readonly string[], apiVersion: string): Entry[] {
  const field = setOf(path);
  const owners = scale.filter((entry) => owns(entry, IN_SCALE));
  const out: Entry[] = [];
  for (const entry of entries) {
    const stays = owners.some((owner) => sameManager(owner, entry));
    const set = entry.fieldsV1 ?? {};
    const left = stays ? set : difference(set, field);
    if (left === set) out.push(entry);
    else if (!isEmptySet(left)) out.push({ ...entry, fieldsV1: left });
  }
  for (const owner of owners) {
    if (entries.some((entry) => owns(entry, path) && sameManager(entry, owner))) continue;
    const at = out.findIndex((entry) => sameManager(entry, owner));
    const known = out[at];
    if (known) out[at] = { ...known, fieldsV1: union(known.fieldsV1 ?? {}, field) };
    else out.unshift(newEntry(owner, apiVersion, field));
  }
  return out.sort((a, b) => ((a.operation ?? '') < (b.operation ?? '') ? -1 : a.operation === b.operation ? 0 : 1));
}

function newEntry({ manager, operation, subresource }: Entry, apiVersion: string, fieldsV1: Entry['fieldsV1']): Entry {
  const entry: Entry = { manager, operation, apiVersion, fieldsType: 'FieldsV1', fieldsV1 };
  if (subresource) entry.subresource = subresource;
  return entry;
}
