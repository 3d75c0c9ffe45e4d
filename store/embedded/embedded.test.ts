import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Driver, Place, put } from '../conformance/world.ts';
import { conformance } from '../conformance.ts';

const embedded: Driver = {
  name: 'embedded',
  start: async (directory) => ({ location: { kind: 'embedded', file: join(directory, 'store.sqlite') }, end: async () => {} }),
};

conformance(embedded);

test('a file that is open already is refused by name', async () => {
  await using place = await Place.make(embedded);
  const store = await place.open();
  await put(store.resource('pods'), 'a', 'x');
  await expect(place.open()).rejects.toThrow(/store\.sqlite is in use by another process/);
  await store.close();
  expect(await (await place.open()).resource('pods').revision()).toBe(1);
});

test('a file that is no database is refused', async () => {
  await using place = await Place.make(embedded);
  const { openStore } = await import('../open.ts');
  const { context } = await import('../conformance/world.ts');
  const file = import.meta.filename;
  await expect(openStore({ kind: 'embedded', file }, context)).rejects.toThrow(/not a database/);
  await expect(openStore({ kind: 'embedded', file: join(place.directory, 'no', 'such') }, context)).rejects.toThrow(/unable to open/);
});
