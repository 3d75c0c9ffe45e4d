import { own } from '../own.ts';
import type { Change, ChangeType, StoredObject } from '../store.ts';

const SPACE = 0x20;
const LETTER: Record<ChangeType, string> = { create: 'c', update: 'u', delete: 'd' };
const TYPE: Record<string, ChangeType> = { c: 'create', u: 'update', d: 'delete' };

export function encodeType(type: ChangeType): string {
  return LETTER[type];
}

/** Takes `<revision> <value>` apart. */
export function decodeObject(key: string, stored: Buffer): StoredObject {
  const space = stored.indexOf(SPACE);
  return { key, revision: Number(stored.toString('latin1', 0, space)), value: own(stored.subarray(space + 1)) };
}

/** A stream entry as Redis sends it: the ID, then the fields and values in turn. */
export type RawEntry = [id: Buffer, fields: Buffer[]];

export function decodeEntry([id, fields]: RawEntry): Change {
  const [, type, , key, , value] = fields as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  return {
    revision: Number.parseInt(id.toString('latin1'), 10),
    type: TYPE[type.toString('latin1')] ?? 'update',
    key: key.toString(),
    value: own(value),
  };
}

/** The revision that an absent or present counter stands for. */
export function decodeRevision(counter: string | null): number {
  return counter === null ? 0 : Number(counter);
}
