/**
 * What goes between the threads is packed: one block of bytes that is handed over without copying, and plain arrays beside it. Cloned one by
 * one, each value would take the whole block of memory along that it is a part of.
 */
import { own } from '../own.ts';
import type { Change, ChangeType, StoredObject, Write, WriteResult } from '../store.ts';

/** Values laid end to end; value i ends before `ends[i]`. */
interface PackedValues {
  bytes: ArrayBuffer;
  ends: number[];
}

export interface PackedWrites {
  resources: string[];
  keys: string[];
  expects: number[];
  types: ChangeType[];
  values: PackedValues;
}

export interface PackedObjects {
  keys: string[];
  revisions: number[];
  values: PackedValues;
}

export interface PackedChanges extends PackedObjects {
  types: ChangeType[];
}

/** By write: the new revision, 0 when refused with an object in the way (the next of `current`), -1 when refused without. */
export interface PackedResults {
  revisions: number[];
  current: PackedObjects;
}

/** A write together with the resource it goes to. */
export interface ResourceWrite extends Write {
  resource: string;
}

function packValues(values: readonly Uint8Array[]): PackedValues {
  let end = 0;
  const ends = values.map((value) => (end += value.length));
  const bytes = new Uint8Array(end);
  for (const [i, value] of values.entries()) bytes.set(value, (ends[i] as number) - value.length);
  return { bytes: bytes.buffer, ends };
}

/** A view into the block. */
function unpackValue({ bytes, ends }: PackedValues, i: number): Buffer {
  const begin = i === 0 ? 0 : (ends[i - 1] as number);
  return Buffer.from(bytes, begin, (ends[i] as number) - begin);
}

export function packWrites(writes: readonly ResourceWrite[]): PackedWrites {
  return {
    resources: writes.map(({ resource }) => resource),
    keys: writes.map(({ key }) => key),
    expects: writes.map(({ expect }) => expect),
    types: writes.map(({ type }) => type),
    values: packValues(writes.map(({ value }) => value)),
  };
}

export function unpackWrites({ resources, keys, expects, types, values }: PackedWrites): ResourceWrite[] {
  return keys.map((key, i) => ({
    resource: resources[i] as string,
    key,
    expect: expects[i] as number,
    type: types[i] as ChangeType,
    value: unpackValue(values, i),
  }));
}

export function packObjects(objects: readonly StoredObject[]): PackedObjects {
  return {
    keys: objects.map(({ key }) => key),
    revisions: objects.map(({ revision }) => revision),
    values: packValues(objects.map(({ value }) => value)),
  };
}

export function unpackObjects({ keys, revisions, values }: PackedObjects): StoredObject[] {
  return keys.map((key, i) => ({ key, revision: revisions[i] as number, value: own(unpackValue(values, i)) }));
}

export function packChanges(changes: readonly Change[]): PackedChanges {
  return { ...packObjects(changes), types: changes.map(({ type }) => type) };
}

export function unpackChanges(packed: PackedChanges): Change[] {
  return unpackObjects(packed).map((object, i) => ({ ...object, type: packed.types[i] as ChangeType }));
}

export function packResults(results: readonly WriteResult[]): PackedResults {
  const current: StoredObject[] = [];
  const revisions = results.map((result) => {
    if (result.ok) return result.revision;
    if (!result.current) return -1;
    current.push(result.current);
    return 0;
  });
  return { revisions, current: packObjects(current) };
}

export function unpackResults({ revisions, current }: PackedResults): WriteResult[] {
  const objects = unpackObjects(current);
  let next = 0;
  return revisions.map((revision) => {
    if (revision > 0) return { ok: true, revision };
    return { ok: false, current: revision === 0 ? objects[next++] : undefined };
  });
}
