import { describe, expect, test } from 'vitest';
import { Compacted, SlowReader } from '../errors.ts';
import type { Store } from '../store.ts';
import { fill, line, put, readThrough, remove, revisionsOf, span, turn } from './world.ts';

export function tails(store: () => Store): void {
  const fresh = (name: string) => store().resource(`tails-${name}`);
  const forever = new AbortController().signal;

  describe('a tail', () => {
    test('begins with what the log has and goes on with what comes', async () => {
      const pods = fresh('both');
      await put(pods, 'a', 'one');
      const reading = readThrough(pods, 0, 3);
      await put(pods, 'a', 'two', 1);
      await remove(pods, 'a', 2, 'gone');
      expect((await reading).map(line)).toEqual(['create a 1 one', 'update a 2 two', 'delete a 3 gone']);
    });

    test('waits for the first write of a resource', async () => {
      const pods = fresh('first');
      const reading = readThrough(pods, 0, 1);
      const other = readThrough(fresh('first-other'), 0, 1);
      await put(pods, 'a', 'x');
      await put(fresh('first-other'), 'b', 'x');
      expect((await reading).map(line)).toEqual(['create a 1 x']);
      expect((await other).map(line)).toEqual(['create b 1 x']);
    });

    test('from a revision that is yet to come begins after it', async () => {
      const pods = fresh('future');
      await put(pods, 'a', 'x');
      const reading = readThrough(pods, 3, 4);
      for (const key of ['b', 'c', 'd']) await put(pods, key, 'x');
      expect(revisionsOf(await reading)).toEqual([4]);
    });

    test('from any revision has no gap and no duplicate while writes go on', { timeout: 20_000 }, async () => {
      const pods = fresh('any');
      await fill(pods, 500);
      const count = 4000;
      const writing = Promise.all(
        Array.from({ length: 16 }, async (_, writer) => {
          for (let i = writer; i < count; i += 16) await put(pods, `w-${i}`, 'x');
        }),
      );
      const starts = [0, 1, 250, 499, 500, 501, 700, 2000];
      const reads = starts.map(async (after) => {
        while ((await pods.revision()) < Math.min(after, 520)) await turn();
        return revisionsOf(await readThrough(pods, after, 500 + count));
      });
      for (const [i, revisions] of (await Promise.all(reads)).entries()) expect(revisions).toEqual(span(starts[i] ?? 0, 500 + count));
      await writing;
    });

    test('ends when its signal aborts, also before it began and in the middle of a batch', async () => {
      const pods = fresh('abort');
      await fill(pods, 10);
      const waiting = new AbortController();
      const ended = readAll(pods.tail(10, { signal: waiting.signal }));
      const middle = new AbortController();
      let batches = 0;
      for await (const _ of pods.tail(0, { signal: middle.signal })) {
        batches++;
        middle.abort();
        await put(pods, `later-${batches}`, 'x');
      }
      expect(batches).toBe(1);
      waiting.abort();
      await ended;
      expect(await readAll(pods.tail(0, { signal: AbortSignal.abort() }))).toEqual([]);
    });

    test('may be left at any time', async () => {
      const pods = fresh('left');
      await fill(pods, 10);
      for await (const batch of pods.tail(0, { signal: forever })) {
        expect(batch[0]?.revision).toBe(1);
        break;
      }
      await put(pods, 'next', 'x');
      expect(revisionsOf(await readThrough(pods, 9, 11))).toEqual([10, 11]);
    });

    test('from before the log throws Compacted', async () => {
      const pods = fresh('compacted');
      await fill(pods, 10);
      await pods.compact(5);
      await expect(readAll(pods.tail(4, { signal: forever }))).rejects.toBeInstanceOf(Compacted);
      expect(revisionsOf(await readThrough(pods, 5, 10))).toEqual(span(5, 10));
      await pods.compact(10);
      await expect(readAll(pods.tail(9, { signal: forever }))).rejects.toMatchObject({ asked: 9, oldest: 10 });
    });

    test('whose reader is slow is cut off, and no other', async () => {
      const pods = fresh('slow');
      await put(pods, 'first', 'x');
      const slow = pods.tail(0, { signal: forever, maxBacklog: 100 })[Symbol.asyncIterator]();
      expect((await slow.next()).done).toBe(false);
      const waiting = slow.next();
      await put(pods, 'second', 'x');
      await waiting;
      const quick = readThrough(pods, 0, 302);
      await fill(pods, 300);
      expect(await quick).toHaveLength(302);
      await expect(slow.next()).rejects.toBeInstanceOf(SlowReader);
    });
  });
}

async function readAll<T>(tail: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of tail) all.push(...batch);
  return all;
}
