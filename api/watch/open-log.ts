/**
 * A list at revision 0 would tell a client "any version", so that the log of a resource begins with two entries that leave nothing behind,
 * and is compacted: no watch can go back to them.
 */
import type { ResourceStore } from '../../store/store.ts';

/** No object has this key: names have no spaces. */
const OPENED = 'log opened';

/** Of the two entries: a server that came first sees those of one that came second, and passes over them. */
export const isOpening = (entry: { key: string }): boolean => entry.key === OPENED;

/** Does nothing when anything was ever written. Several servers may do it at once. */
export async function openLog(store: ResourceStore): Promise<void> {
  const value = Buffer.from('{"metadata":{"name":"opened"}}');
  const created = await store.write({ key: OPENED, expect: 0, value, type: 'create' });
  if (!created.ok) return;
  const removed = await store.write({ key: OPENED, expect: created.revision, value, type: 'delete' });
  if (removed.ok) await store.compact(removed.revision);
}
