/**
 * `metadata.managedFields` as it travels: read, checked, ordered, and kept short (k8s.io/apimachinery/pkg/util/managedfields/internal:
 * managedfields.go, capmanagers.go).
 */
import { EMPTY_SET, equalSets, type FieldSet, parseSet, union } from './field-set.ts';
import type { Owned, Owners } from './updater.ts';

export type Operation = 'Apply' | 'Update';

/** One of `metadata.managedFields`. */
export interface Entry {
  manager?: string;
  operation?: Operation;
  apiVersion?: string;
  /** RFC 3339 in whole seconds. */
  time?: string;
  fieldsType?: 'FieldsV1';
  fieldsV1?: FieldSet;
  subresource?: string;
}

/** Owners, and when each changed something last. */
export interface Managed {
  owners: Owners;
  times: Map<string, string | undefined>;
  /** The entries they were read from: what is still true of them need not be made again. */
  entries: Map<string, Entry>;
}

export const noOwners = (): Managed => ({ owners: new Map(), times: new Map(), entries: new Map() });

/** What tells managers apart: name, operation, subresource, and of updates the version too. The text sorts as Kubernetes sorts them. */
export function managerId(entry: Pick<Entry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const { manager, operation, apiVersion, subresource } = entry;
  const name = manager ? `"manager":${JSON.stringify(manager)},` : '';
  const version = operation === 'Apply' ? '' : `,"apiVersion":${JSON.stringify(apiVersion ?? '')}`;
  return `{${name}"operation":"${operation}"${version}${subresource ? `,"subresource":${JSON.stringify(subresource)}` : ''}}`;
}

/** Entries that the server has written itself: their sets are in canonical form. */
export function readEntries(entries: readonly Entry[]): Managed {
  const managed = noOwners();
  for (const entry of entries) take(managed, entry, entry.fieldsV1 ?? EMPTY_SET);
  return managed;
}

function take(managed: Managed, entry: Entry, set: FieldSet): void {
  const id = managerId(entry);
  managed.owners.set(id, { set, apiVersion: entry.apiVersion ?? '', applied: entry.operation === 'Apply' });
  managed.times.set(id, entry.time);
  if (set === entry.fieldsV1) managed.entries.set(id, entry);
}

/** Entries that a client has written. Undefined when they are no good. */
export function parseEntries(entries: readonly Entry[]): Managed | undefined {
  const managed = noOwners();
  try {
    for (const entry of entries) {
      if (entry.operation !== 'Apply' && entry.operation !== 'Update') return undefined;
      if (!entry.apiVersion || entry.fieldsType !== 'FieldsV1') return undefined;
      take(managed, entry, parseSet(entry.fieldsV1 ?? EMPTY_SET));
    }
  } catch {
    return undefined;
  }
  return managed;
}

/** A list that is there and empty, or of one empty entry, says: forget who owns what. */
export function isReset(entries: readonly Entry[]): boolean {
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0);
}

/** Undefined when there are none. */
export function writeEntries({ owners, times, entries }: Managed): Entry[] | undefined {
  if (owners.size === 0) return undefined;
  const written: Entry[] = [];
  for (const [id, owned] of owners) {
    const before = entries.get(id);
    const time = times.get(id);
    const same = before && before.fieldsV1 === owned.set && before.time === time && before.apiVersion === owned.apiVersion;
    written.push(same ? before : entryOf(id, owned, time));
  }
  return written.length > 1 ? written.sort(compareEntries) : written;
}

function entryOf(id: string, { set, apiVersion, applied }: Owned, time: string | undefined): Entry {
  const { manager, subresource } = JSON.parse(id) as Entry;
  const entry: Entry = {};
  if (manager) entry.manager = manager;
  entry.operation = applied ? 'Apply' : 'Update';
  entry.apiVersion = apiVersion;
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = set;
  if (subresource) entry.subresource = subresource;
  return entry;
}

function compareEntries(a: Entry, b: Entry): number {
  return (
    order(a.operation, b.operation) ||
    byTime(a.time, b.time) ||
    order(a.manager, b.manager) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  );
}

const order = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0);
const seconds = (time: string | undefined) => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000));

/** Times as the server writes them sort as texts. */
function byTime(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a?.length === 20 && b?.length === 20) return a < b ? -1 : 1;
  return seconds(a) - seconds(b);
}

/** Of each object at most so many managers that update (not apply) are told apart. */
const MAX_UPDATERS = 10;
const OLD_UPDATES = 'ancient-changes';

/** Puts the oldest updaters of a version together under one name until there are few enough. */
export function capUpdaters(managed: Managed): void {
  const { owners, times } = managed;
  if (owners.size <= MAX_UPDATERS) return;
  const updaters = [...owners].filter(([, owned]) => !owned.applied).map(([id]) => id);
  let count = updaters.length;
  if (count <= MAX_UPDATERS) return;
  updaters.sort((a, b) => byTime(times.get(a), times.get(b)) || order(a, b));
  const firsts = new Map<string, string>();
  for (const id of updaters) {
    if (count <= MAX_UPDATERS) return;
    const owned = owners.get(id) as Owned;
    const first = firsts.get(owned.apiVersion);
    if (first === undefined) {
      firsts.set(owned.apiVersion, id);
      continue;
    }
    const bucket = managerId({ manager: OLD_UPDATES, operation: 'Update', apiVersion: owned.apiVersion });
    const oldest = owners.get(bucket) ?? (owners.get(first) as Owned);
    if (!owners.has(bucket)) owners.delete(first);
    owners.delete(id);
    owners.set(bucket, { ...oldest, set: union(owned.set, oldest.set) });
    times.set(bucket, times.get(id));
    count--;
  }
}

/** Whether two lists differ in nothing but times. */
export function sameButTimes(a: readonly Entry[] | undefined, b: readonly Entry[] | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  return a.every((entry, i) => sameButTime(entry, b[i] as Entry));
}

function sameButTime(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  return managerId(a) === managerId(b) && a.apiVersion === b.apiVersion && equalSets(a.fieldsV1 ?? EMPTY_SET, b.fieldsV1 ?? EMPTY_SET);
}
