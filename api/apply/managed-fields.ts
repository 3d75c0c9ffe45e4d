/**
 * Who manages which field of an object (k8s.io/apimachinery/pkg/util/managedfields). Two entrances: `trackUpdate` for everything that
 * writes an object whole (create, update, patch), `applyObject` for server-side apply.
 */
import type { Json } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest, failure, type StatusError } from '../errors.ts';
import { equal } from '../patch/value.ts';
import { conflictError } from './conflicts.ts';
import { capUpdaters, type Entry, isReset, type Managed, managerId, noOwners, parseEntries, readEntries, writeEntries } from './entries.ts';
import { difference, isEmptySet, union } from './field-set.ts';
import { KUBECTL, keepLastApplied, lastAppliedFields } from './last-applied.ts';
import { reconcile } from './reconcile.ts';
import { NEVER_OWNED } from './reset-fields.ts';
import type { Type } from './type.ts';
import { type Applied, applyConfig, type Conflicts, type Owners, ownersAfterUpdate, type Versions } from './updater.ts';
import { typeFaults } from './validate.ts';

/** One write. */
export interface Writing {
  /** Of the served form of the objects. */
  apiVersion: string;
  kind: string;
  /** Through which the write comes, else ''. */
  subresource: string;
  /** fieldManager, or what the user agent says; may be empty. */
  manager: string;
  /** RFC 3339. */
  now: string;
  versions: Versions;
  /** What an object of the kind is before anything was said of it. */
  zero(): AnyObject;
}

const UNKNOWN = 'unknown';
const BEFORE_APPLY = 'before-first-apply';

const idOf = ({ apiVersion, subresource }: Writing, manager: string, operation: 'Apply' | 'Update') =>
  managerId({ manager: manager || UNKNOWN, operation, apiVersion, subresource });

const entriesOf = (object: AnyObject | undefined) => object?.metadata?.managedFields as Entry[] | null | undefined;

/**
 * Sets `wanted.metadata.managedFields`. `before` is what is stored, undefined for a creation; both are in the served form, decoded and
 * defaulted. Objects of which nobody owns anything (they say so themselves, or come from another time) stay so until they are applied.
 */
export function trackUpdate(writing: Writing, before: AnyObject | undefined, wanted: AnyObject): void {
  const managed = ownersFor(writing, before, wanted);
  if (before && managed.owners.size === 0) setEntries(wanted, undefined);
  else setEntries(wanted, writeEntries(afterUpdate(writing, before ?? writing.zero(), wanted, managed, writing.manager)));
}

/** Through a subresource nobody writes them by hand. */
function ownersFor({ subresource }: Writing, before: AnyObject | undefined, wanted: AnyObject): Managed {
  const given = entriesOf(wanted);
  const stored = entriesOf(before) ?? [];
  if (subresource !== '' || !given || equal(given, stored)) return readEntries(stored);
  if (isReset(given)) return noOwners();
  const parsed = parseEntries(given);
  return parsed && parsed.owners.size > 0 ? parsed : readEntries(stored);
}

function setEntries(object: AnyObject, entries: Entry[] | undefined): void {
  object.metadata ??= {};
  if (entries) object.metadata.managedFields = entries;
  else delete object.metadata.managedFields;
}

/** What a write under way is called until it has found something to own (managedfieldsupdater.go). */
const THIS_WRITE = 'current-operation';

function afterUpdate(writing: Writing, before: AnyObject, wanted: AnyObject, managed: Managed, manager: string): Managed {
  const { versions } = writing;
  const owners = ownersAfterUpdate(versions, before as Json, wanted as Json, reconciled(versions, managed.owners), THIS_WRITE);
  const { times, entries } = managed;
  const now = owners.get(THIS_WRITE);
  owners.delete(THIS_WRITE);
  const set = now && difference(now.set, NEVER_OWNED);
  if (now && set && !isEmptySet(set)) {
    const id = idOf(writing, manager, 'Update');
    const previous = owners.get(id);
    owners.set(id, { ...now, set: previous ? union(previous.set, set) : set });
    times.set(id, writing.now);
  }
  const after = { owners, times, entries };
  capUpdaters(after);
  return after;
}

function reconciled(versions: Versions, owners: Owners): Owners {
  if (!versions.changing) return owners;
  for (const [id, owned] of owners) {
    const type = versions.typeIn(owned.apiVersion);
    const set = type ? reconcile(type, owned.set) : owned.set;
    if (set !== owned.set) owners.set(id, { ...owned, set });
  }
  return owners;
}

/**
 * The object that `config` makes of `live` (undefined: there is none), not yet decoded and defaulted; only with what changed does its entry
 * get a new time. Throws 400, 409 for conflicts, 500 for a config that does not fit the schema.
 */
export function applyObject(writing: Writing, live: AnyObject | undefined, config: AnyObject, force: boolean): AnyObject {
  const { versions, manager } = writing;
  const type = versions.typeIn(writing.apiVersion) as Type;
  checkConfig(writing, type, config);
  const before = live ?? writing.zero();
  let managed = readEntries(entriesOf(live) ?? []);
  const bare = withoutEntries(before);
  // What is there belongs to whoever was there before the first apply.
  if (managed.owners.size === 0) managed = afterUpdate(writing, writing.zero(), bare, managed, BEFORE_APPLY);
  reconciled(versions, managed.owners);
  const id = idOf(writing, manager, 'Apply');
  const applied = applyOrTakeOver(writing, type, bare, config, managed.owners, id, force);
  const { owners } = applied;
  if (!owners) throw conflictError(applied.conflicts);
  strip(owners, id);
  const object = { ...(applied.object as AnyObject) };
  object.metadata = { ...object.metadata };
  const changed = !equal(object, bare);
  if (changed) managed.times.set(id, writing.now);
  if (manager === KUBECTL) keepLastApplied(object, config);
  setEntries(object, writeEntries({ ...managed, owners }));
  return object;
}

function withoutEntries(object: AnyObject): AnyObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

function strip(owners: Owners, id: string): void {
  const owned = owners.get(id);
  if (!owned) return;
  const set = difference(owned.set, NEVER_OWNED);
  if (isEmptySet(set)) owners.delete(id);
  else owners.set(id, { ...owned, set });
}

/** kubectl takes over what its client-side apply has left as it was. */
function applyOrTakeOver(
  { versions, manager, apiVersion }: Writing,
  type: Type,
  live: AnyObject,
  config: AnyObject,
  owners: Owners,
  id: string,
  force: boolean,
): Applied {
  const apply = (forced: boolean) => applyConfig(versions, live as Json, config as Json, owners, id, forced);
  const applied = apply(force);
  if (applied.owners || manager !== KUBECTL) return applied;
  const allowed = lastAppliedFields(type, apiVersion, live);
  if (!allowed) return applied;
  const conflicts: Conflicts[] = [];
  for (const conflict of applied.conflicts) {
    const set = difference(conflict.set, allowed);
    if (!isEmptySet(set)) conflicts.push({ ...conflict, set });
  }
  return conflicts.length > 0 ? { ...applied, conflicts } : apply(true);
}

function checkConfig({ apiVersion, kind }: Writing, type: Type, config: AnyObject): void {
  if ((config.apiVersion ?? '') !== apiVersion || (config.kind ?? '') !== kind) {
    throw badRequest(`invalid object type: ${showType(config)}`);
  }
  if (entriesOf(config) !== undefined && entriesOf(config) !== null) throw badRequest('metadata.managedFields must be nil');
  const faults = typeFaults(type, config as Json);
  if (faults === undefined) return;
  const { namespace = '', name = '' } = config.metadata ?? {};
  throw notTyped(`failed to create typed patch object (${namespace}/${name}; ${showType(config)}): ${faults}`);
}

const notTyped = (message: string): StatusError => failure(500, undefined, message);

/** As Go prints a GroupVersionKind. */
function showType({ apiVersion = '', kind = '' }: AnyObject): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${group}/${version}, Kind=${kind}`;
}
