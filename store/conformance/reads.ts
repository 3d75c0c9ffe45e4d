import { describe, expect, test } from 'vitest';
import { Compacted } from '../errors.ts';
import type { Change, Store, StoredObject } from '../store.ts';
import { fill, line, put, remove, revisionsOf, span, turn } from './world.ts';

/** Revision, snapshot, range, compaction. */
export function reads(store: () => Store): void {
  const fresh = (name: string) => store().resource(`reads-${name}`);

  test('nothing is there before the first write', async () => {
    const pods = fresh('nothing');
    expect(await pods.revision()).toBe(0);
    expect(await pods.oldest()).toBe(0);
    expect(await pods.get('a')).toBeUndefined();
    expect(await pods.snapshot()).toEqual({ revision: 0, objects: [] });
    expect(await pods.range(0, 10)).toEqual([]);
  });

  test('the revision is at least that of every write acknowledged before it was asked for', async () => {
    const pods = fresh('linear');
    let acknowledged = 0;
    const writing = Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        acknowledged = Math.max(acknowledged, await put(pods, `o-${i}`, 'x'));
      }),
    );
    const ask = async () => {
      while (acknowledged < 300) {
        const before = acknowledged;
        expect(await pods.revision()).toBeGreaterThanOrEqual(before);
        await turn();
      }
    };
    await Promise.all([writing, ask(), ask(), ask()]);
    expect(await pods.revision()).toBe(300);
  });

  describe('a snapshot', () => {
    test('has the objects in order of their keys, and those only that exist', async () => {
      const pods = fresh('snapshot');
      for (const key of ['b/x', 'a/\u{1f40b}', 'a/\uffee', 'a/z', 'gone']) await put(pods, key, key);
      await remove(pods, 'gone', 5);
      const { revision, objects } = await pods.snapshot();
      expect(revision).toBe(6);
      expect(objects.map(({ key }) => key)).toEqual(['a/z', 'a/\u{1f40b}', 'a/\uffee', 'b/x']);
      expect(objects[0]).toEqual({ key: 'a/z', revision: 4, value: Buffer.from('a/z') });
    });

    test('is of one revision, to the object, while writes go on', { timeout: 20_000 }, async () => {
      const pods = fresh('busy');
      await fill(pods, 3000);
      let writing = true;
      const writers = Array.from({ length: 8 }, (_, i) => churn(pods, i, () => writing));
      const snapshots = [];
      for (let i = 0; i < 8; i++) snapshots.push(await pods.snapshot());
      writing = false;
      await Promise.all(writers);
      const changes = await pods.range(0, await pods.revision());
      for (const { revision, objects } of snapshots) expect(describeObjects(objects)).toEqual(stateAt(changes, revision));
    });
  });

  describe('a range', () => {
    test('is what the log has after one revision, up to and with another', async () => {
      const pods = fresh('range');
      await put(pods, 'a', 'one');
      await put(pods, 'a', 'two', 1);
      await remove(pods, 'a', 2, 'gone');
      expect((await pods.range(1, 3)).map(line)).toEqual(['update a 2 two', 'delete a 3 gone']);
      expect((await pods.range(0, 1)).map(line)).toEqual(['create a 1 one']);
      expect(await pods.range(3, 3)).toEqual([]);
      expect(revisionsOf(await pods.range(1, 100))).toEqual([2, 3]);
    });

    test('may be long', async () => {
      const pods = fresh('long');
      await fill(pods, 2500);
      expect(revisionsOf(await pods.range(0, 2500))).toEqual(span(0, 2500));
    });
  });

  describe('compaction', () => {
    test('forgets the log up to a revision and leaves the objects', async () => {
      const pods = fresh('compact');
      for (let i = 0; i < 10; i++) await put(pods, `o-${i}`, 'x');
      await pods.compact(4);
      expect(await pods.oldest()).toBe(4);
      expect(revisionsOf(await pods.range(4, 10))).toEqual(span(4, 10));
      await expect(pods.range(3, 10)).rejects.toMatchObject({ name: 'Compacted', asked: 3, oldest: 4 });
      expect((await pods.snapshot()).objects).toHaveLength(10);
      expect(await pods.revision()).toBe(10);
    });

    test('of everything, and of more than there is, leaves an empty log that goes on', async () => {
      const pods = fresh('compact-all');
      for (let i = 0; i < 3; i++) await put(pods, `o-${i}`, 'x');
      await pods.compact(1000);
      expect(await pods.oldest()).toBe(3);
      expect(await pods.range(3, 10)).toEqual([]);
      await expect(pods.range(2, 10)).rejects.toBeInstanceOf(Compacted);
      expect(await put(pods, 'next', 'x')).toBe(4);
      expect(revisionsOf(await pods.range(3, 10))).toEqual([4]);
    });

    test('back to an older revision changes nothing', async () => {
      const pods = fresh('compact-back');
      for (let i = 0; i < 5; i++) await put(pods, `o-${i}`, 'x');
      await pods.compact(3);
      await pods.compact(1);
      expect(await pods.oldest()).toBe(3);
    });
  });
}

/** Updates, deletes and creates objects of its own share of `o-0` … `o-2999`. */
async function churn(pods: ReturnType<Store['resource']>, share: number, goOn: () => boolean): Promise<void> {
  for (let i = share; goOn(); i = (i + 8) % 3000) {
    const known = await pods.get(`o-${i}`);
    if (!known) await put(pods, `o-${i}`, 'again');
    else if (i % 3 === 0) await remove(pods, `o-${i}`, known.revision);
    else await put(pods, `o-${i}`, `after ${known.revision}`, known.revision);
  }
}

function describeObjects(objects: StoredObject[]): string[] {
  return objects.map(({ key, revision, value }) => `${key} ${revision} ${value}`);
}

function stateAt(changes: Change[], revision: number): string[] {
  const state = new Map<string, StoredObject>();
  for (const change of changes.slice(0, revision)) {
    if (change.type === 'delete') state.delete(change.key);
    else state.set(change.key, change);
  }
  return describeObjects([...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1)));
}
