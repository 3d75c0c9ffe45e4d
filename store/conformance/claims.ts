import { expect, test } from 'vitest';
import type { Store } from '../store.ts';

export function claims(store: () => Store): void {
  test('an item is claimed by one owner, as often as it likes, until it gives it back', async () => {
    const s = store();
    expect(await s.claim('ips', '10.0.0.1', 'a')).toBe(true);
    expect(await s.claim('ips', '10.0.0.1', 'a')).toBe(true);
    expect(await s.claim('ips', '10.0.0.1', 'b')).toBe(false);
    expect(await s.claim('ports', '10.0.0.1', 'b')).toBe(true);
    await s.release('ips', '10.0.0.1', 'b');
    expect(await s.claims('ips')).toEqual(new Map([['10.0.0.1', 'a']]));
    await s.release('ips', '10.0.0.1', 'a');
    expect(await s.claims('ips')).toEqual(new Map());
    expect(await s.claim('ips', '10.0.0.1', 'b')).toBe(true);
  });

  test('of many who claim an item at once one gets it', async () => {
    const granted = await Promise.all(Array.from({ length: 50 }, (_, i) => store().claim('race', 'item', `owner-${i}`)));
    expect(granted.filter(Boolean)).toHaveLength(1);
  });
}
