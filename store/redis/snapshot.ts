import { Compacted } from '../errors.ts';
import type { Change, Snapshot, StoredObject } from '../store.ts';
import { decodeObject, decodeRevision } from './codec.ts';
import type { ResourceKeys } from './keys.ts';
import type { Session } from './session.ts';

const PAGE = 1000;
/** More than any hash has: one page that is the whole of it, which Redis does nothing beside. */
const WHOLE = 1_000_000_000;
const ATTEMPTS = 3;

type Range = (after: number, through: number) => Promise<Change[]>;

/**
 * Every object at one revision, without holding Redis up for the whole of a large hash: it is scanned in pages, each object as of some
 * moment between the first page and the last, and then what the log says of that time is played over it. When writers are so fast that the
 * log does not reach back to the beginning of a scan, and again so, all is asked for at once.
 */
export async function takeSnapshot(session: Session, keys: ResourceKeys, range: Range): Promise<Snapshot> {
  for (let attempt = 1; ; attempt++) {
    const { objects, before, after } = await scan(session, keys, attempt < ATTEMPTS ? PAGE : WHOLE);
    try {
      if (after > before) replay(objects, await range(before, after));
      return { revision: after, objects: [...objects.values()].sort(byKey) };
    } catch (error) {
      if (!(error instanceof Compacted)) throw error;
    }
  }
}

/** The objects as found, and the newest revision as of the first page and the last. */
async function scan(session: Session, keys: ResourceKeys, size: number) {
  const objects = new Map<string, StoredObject>();
  let before = -1;
  for (let cursor = '0'; ; ) {
    const page = await scanPage(session, keys, cursor, size);
    if (before < 0) before = page.revision;
    for (let i = 0; i + 1 < page.fields.length; i += 2) keepNewest(objects, page.fields[i] as Buffer, page.fields[i + 1] as Buffer);
    cursor = page.cursor;
    if (cursor === '0') return { objects, before, after: page.revision };
  }
}

async function scanPage(session: Session, { objects, revision }: ResourceKeys, cursor: string, size: number) {
  const ask = session.read((client) => client.multi().get(revision).hscanBuffer(objects, cursor, 'COUNT', size).exec());
  const replies = ((await ask) ?? []).map(([, reply]) => reply) as [string | null, [Buffer, Buffer[]]];
  return { revision: decodeRevision(replies[0]), cursor: replies[1][0].toString('latin1'), fields: replies[1][1] };
}

/** A scan may show an object twice, when the hash is resized meanwhile. */
function keepNewest(objects: Map<string, StoredObject>, field: Buffer, stored: Buffer): void {
  const object = decodeObject(field.toString(), stored);
  const known = objects.get(object.key);
  if (!known || known.revision < object.revision) objects.set(object.key, object);
}

/** Brings what was scanned at different moments to the revision of the last change. */
function replay(objects: Map<string, StoredObject>, changes: Change[]): void {
  for (const { key, revision, type, value } of changes) {
    const known = objects.get(key);
    if (known && known.revision >= revision) continue;
    if (type === 'delete') objects.delete(key);
    else objects.set(key, { key, revision, value });
  }
}

function byKey(a: StoredObject, b: StoredObject): number {
  return a.key < b.key ? -1 : 1;
}
