/**
 * Who owns what after a change (sigs.k8s.io/structured-merge-diff: merge/update.go). Pure: objects and owners in, objects and owners out.
 */
import type { Json } from '../../types/kinds/kind.ts';
import { type Comparison, compare, type Skip } from './compare.ts';
import { difference, EMPTY_SET, type FieldSet, intersection, isEmptySet, recursiveDifference, union } from './field-set.ts';
import { merge } from './merge.ts';
import { removeItems, withNamedFields } from './remove.ts';
import { toFieldSet } from './to-field-set.ts';
import type { Type } from './type.ts';

/** What one manager owns, in the terms of one API version. */
export interface Owned {
  set: FieldSet;
  apiVersion: string;
  applied: boolean;
}

/** By manager. */
export type Owners = Map<string, Owned>;

/** How objects are seen in the versions in which fields are owned. */
export interface Versions {
  /** The version in which objects are given. */
  current: string;
  /** Undefined: not served any more. */
  typeIn(apiVersion: string): Type | undefined;
  /** Whether a type may have changed since something was owned in its terms. */
  changing: boolean;
  /** The object in another version; it may be changed afterwards. */
  convert(object: Json, from: string, to: string): Json;
  /** Fields that a write of this sort can't change, whoever asks: they are not owned by it. */
  reset(apiVersion: string): FieldSet;
  /** The same, and what is never owned, for `compare` to pass over. */
  skip(apiVersion: string): Skip;
}

export interface Conflicts {
  manager: string;
  set: FieldSet;
}

export interface Changed {
  /** Undefined when there are conflicts. */
  owners?: Owners;
  comparison: Seen;
  conflicts: Conflicts[];
}

const typeIn = (versions: Versions, apiVersion: string): Type => {
  const type = versions.typeIn(apiVersion);
  if (!type) throw new Error(`no type of ${apiVersion}`);
  return type;
};

/** `changed`: what was added or modified. */
interface Seen extends Comparison {
  changed: FieldSet;
}

function compareIn(versions: Versions, before: Json, after: Json, apiVersion: string): Seen | undefined {
  const type = versions.typeIn(apiVersion);
  if (!type) return undefined;
  const { current } = versions;
  const [left, right] =
    apiVersion === current
      ? [before, after]
      : [versions.convert(before, current, apiVersion), versions.convert(after, current, apiVersion)];
  const comparison = compare(type, left, right, versions.skip(apiVersion));
  const reset = versions.reset(apiVersion);
  const filter = (set: FieldSet) => recursiveDifference(set, reset);
  const [added, modified] = [filter(comparison.added), filter(comparison.modified)];
  return { added, modified, removed: filter(comparison.removed), changed: union(modified, added) };
}

/**
 * What the change from `before` to `after` takes from the others. `self` is not asked. Those who have nothing left are no owners any more,
 * nor are those of versions that are not served.
 */
export function changeOwners(versions: Versions, before: Json, after: Json, owners: Owners, self: string, force: boolean): Changed {
  const comparison = compareIn(versions, before, after, versions.current) as Seen;
  const compared = new Map<string, Seen | undefined>([[versions.current, comparison]]);
  const left: Owners = new Map();
  const conflicts: Conflicts[] = [];
  for (const [manager, owned] of owners) {
    if (manager === self) {
      if (!isEmptySet(owned.set)) left.set(manager, owned);
      continue;
    }
    const { apiVersion, set } = owned;
    if (!compared.has(apiVersion)) compared.set(apiVersion, compareIn(versions, before, after, apiVersion));
    const seen = compared.get(apiVersion);
    if (!seen) continue;
    const taken = intersection(seen.changed, set);
    if (!isEmptySet(taken)) conflicts.push({ manager, set: taken });
    const rest = difference(difference(set, taken), seen.removed);
    if (!isEmptySet(rest)) left.set(manager, rest === set ? owned : { ...owned, set: rest });
  }
  if (conflicts.length > 0 && !force) return { comparison, conflicts };
  return { owners: left, comparison, conflicts };
}

/** Of a create, an update or a patch: `manager` comes to own what it changed. */
export function ownersAfterUpdate(versions: Versions, before: Json, after: Json, owners: Owners, manager: string): Owners {
  const { owners: left = new Map<string, Owned>(), comparison } = changeOwners(versions, before, after, owners, manager, true);
  const own = left.get(manager)?.set ?? EMPTY_SET;
  const changed = union(difference(own, comparison.removed), comparison.changed);
  const set = recursiveDifference(changed, versions.reset(versions.current));
  if (isEmptySet(set)) left.delete(manager);
  else left.set(manager, { set, apiVersion: versions.current, applied: false });
  return left;
}

export interface Applied {
  object: Json;
  owners?: Owners;
  conflicts: Conflicts[];
}

/** Of an apply: the merged object, without what `manager` applied last and does not apply now, unless somebody else owns it too. */
export function applyConfig(versions: Versions, live: Json, config: Json, owners: Owners, manager: string, force: boolean): Applied {
  const { current } = versions;
  const type = typeIn(versions, current);
  const merged = merge(type, live, config) ?? {};
  const last = owners.get(manager);
  const set = recursiveDifference(toFieldSet(type, config), versions.reset(current));
  const now = new Map(owners).set(manager, { set, apiVersion: current, applied: true });
  const object = last ? prune(versions, merged, now, last) : merged;
  const { owners: left, conflicts } = changeOwners(versions, live, object, now, manager, force);
  return left ? { object, owners: left, conflicts } : { object, conflicts };
}

function prune(versions: Versions, merged: Json, owners: Owners, last: Owned): Json {
  const { current } = versions;
  const { apiVersion } = last;
  const type = versions.typeIn(apiVersion);
  if (isEmptySet(last.set) || !type) return merged;
  const whole = convertTo(versions, merged, current, apiVersion);
  let pruned = removeItems(type, whole, withNamedFields(type, last.set));
  pruned = addBackOwned(versions, whole, pruned, apiVersion, owners);
  pruned = addBackDangling(type, whole, pruned, last.set);
  return convertTo(versions, pruned, apiVersion, current) ?? {};
}

const convertTo = (versions: Versions, object: Json, from: string, to: string): Json =>
  from === to || object === null ? object : versions.convert(object, from, to);

/** What others own, or what the manager applies now, is not taken away. */
function addBackOwned(versions: Versions, whole: Json, pruned: Json, version: string, owners: Owners): Json {
  const byVersion = new Map<string, FieldSet>([[version, EMPTY_SET]]);
  for (const { apiVersion, set } of owners.values()) byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? EMPTY_SET, set));
  let result = pruned;
  for (const [apiVersion, owned] of byVersion) {
    const type = versions.typeIn(apiVersion);
    if (!type) continue;
    const all = convertTo(versions, whole, version, apiVersion);
    const some = convertTo(versions, result, version, apiVersion);
    const kept = union(withNamedFields(type, toFieldSet(type, some)), withNamedFields(type, owned));
    const gone = difference(withNamedFields(type, toFieldSet(type, all)), kept);
    result = convertTo(versions, removeItems(type, all, gone), apiVersion, version);
  }
  return result;
}

/** Only what the manager owned before is taken away: what nobody owns stays. */
function addBackDangling(type: Type, whole: Json, pruned: Json, last: FieldSet): Json {
  const before = withNamedFields(type, toFieldSet(type, whole));
  const after = withNamedFields(type, toFieldSet(type, pruned));
  return removeItems(type, whole, intersection(difference(before, after), withNamedFields(type, last)));
}
