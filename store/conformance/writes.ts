import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { put, remove } from './world.ts';

/** What a write does and when it is refused. */
export function writes(store: () => Store): void {
  const fresh = (name: string) => store().resource(`writes-${name}`);

  describe('a write', () => {
    test('of an object that does not exist yet creates it', async () => {
      const pods = fresh('create');
      const result = await pods.write({ key: 'a/b', expect: 0, value: Buffer.from('one'), type: 'create' });
      expect(result).toEqual({ ok: true, revision: 1 });
      expect(await pods.get('a/b')).toEqual({ key: 'a/b', revision: 1, value: Buffer.from('one') });
    });

    test('that would create what exists is refused with what exists', async () => {
      const pods = fresh('exists');
      await put(pods, 'a/b', 'one');
      const result = await pods.write({ key: 'a/b', expect: 0, value: Buffer.from('two'), type: 'create' });
      expect(result).toEqual({ ok: false, current: { key: 'a/b', revision: 1, value: Buffer.from('one') } });
      expect(await pods.revision()).toBe(1);
    });

    test('of an older revision is refused with the present one', async () => {
      const pods = fresh('conflict');
      await put(pods, 'a/b', 'one');
      await put(pods, 'a/b', 'two', 1);
      const result = await pods.write({ key: 'a/b', expect: 1, value: Buffer.from('three'), type: 'update' });
      expect(result).toEqual({ ok: false, current: { key: 'a/b', revision: 2, value: Buffer.from('two') } });
    });

    test.each(['update', 'delete'] as const)('that would %s what is missing is refused with nothing', async (type) => {
      const pods = fresh(`missing-${type}`);
      const result = await pods.write({ key: 'a/b', expect: 1, value: Buffer.from('x'), type });
      expect(result).toEqual({ ok: false, current: undefined });
      expect(await pods.revision()).toBe(0);
    });

    test('that deletes an older revision is refused; of the present one it takes the object away', async () => {
      const pods = fresh('delete');
      await put(pods, 'a/b', 'one');
      await put(pods, 'a/b', 'two', 1);
      const refused = await pods.write({ key: 'a/b', expect: 1, value: Buffer.from('last'), type: 'delete' });
      expect(refused).toMatchObject({ ok: false, current: { revision: 2 } });
      expect(await remove(pods, 'a/b', 2)).toBe(3);
      expect(await pods.get('a/b')).toBeUndefined();
      expect(await pods.range(2, 3)).toEqual([{ revision: 3, type: 'delete', key: 'a/b', value: Buffer.from('last') }]);
    });

    test('keeps every byte, and any key', async () => {
      const pods = fresh('bytes');
      const value = Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 256));
      const key = 'näm€/ space "quote" \u{1f40b}';
      await pods.write({ key, expect: 0, value, type: 'create' });
      await pods.write({ key: 'empty', expect: 0, value: Buffer.alloc(0), type: 'create' });
      expect(await pods.get(key)).toEqual({ key, revision: 1, value });
      expect((await pods.range(0, 1))[0]).toEqual({ revision: 1, type: 'create', key, value });
      expect((await pods.get('empty'))?.value).toEqual(Buffer.alloc(0));
    });

    test('of a value that is part of a larger buffer keeps that part', async () => {
      const pods = fresh('part');
      await pods.write({ key: 'a', expect: 0, value: Buffer.from('[abc]').subarray(1, 4), type: 'create' });
      expect(String((await pods.get('a'))?.value)).toBe('abc');
    });

    test('counts revisions by resource, without holes', async () => {
      const [a, b] = [fresh('dense-a'), fresh('dense-b')];
      const made = await Promise.all(Array.from({ length: 200 }, (_, i) => put(i % 2 ? a : b, `o-${i}`, 'x')));
      const sorted = (of: number) => made.filter((_, i) => i % 2 === of).sort((x, y) => x - y);
      expect(sorted(0)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
      expect(sorted(1)).toEqual(sorted(0));
    });

    test('by many at once on one object succeeds for exactly one a round', async () => {
      const pods = fresh('race');
      let expected = 0;
      for (let round = 0; round < 30; round++) {
        const type = expected === 0 ? 'create' : 'update';
        const contenders = Array.from({ length: 16 }, (_, i) =>
          pods.write({ key: 'one', expect: expected, value: Buffer.from(`${round}.${i}`), type }),
        );
        const results = await Promise.all(contenders);
        const winners = results.flatMap((result, i) => (result.ok ? [{ revision: result.revision, i }] : []));
        expect(winners).toHaveLength(1);
        expected = winners[0]?.revision ?? 0;
        expect(String((await pods.get('one'))?.value)).toBe(`${round}.${winners[0]?.i}`);
      }
      expect(await pods.revision()).toBe(30);
    });
  });

  test('names the resources that were written, and only those', async () => {
    await fresh('refused').write({ key: 'a', expect: 5, value: Buffer.from('x'), type: 'update' });
    await put(fresh('named'), 'a', 'x');
    const names = await store().resources();
    expect(names).toContain('writes-named');
    expect(names).not.toContain('writes-refused');
  });
}
