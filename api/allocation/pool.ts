/** A pool of numbers that are taken by owners, exactly once over all API processes: cluster IPs, node ports. */
import type { Store } from '../../store/store.ts';
import type { Random } from '../../types/part/random.ts';

export interface Pool {
  /** Takes one number for an owner; false when it is another's. */
  take(item: number, owner: string): Promise<boolean>;
  /** Takes any free number, or gives undefined when there is none. */
  takeAny(owner: string): Promise<number | undefined>;
  release(item: number, owner: string): Promise<void>;
}

/** How many numbers are tried blindly before the list of those that are taken is asked for. */
const BLIND = 8;

/** Numbers from `first` to `last`; what is chosen freely comes from `dynamic` on, so that low numbers stay free for those who name theirs. */
export function createPool(
  store: Store,
  random: Random,
  name: string,
  { first, dynamic, last }: { first: number; dynamic: number; last: number },
): Pool {
  const take = (item: number, owner: string) => store.claim(name, String(item), owner);
  const pick = (from: number) => from + random.int(last - from + 1);
  return {
    take,
    takeAny: async (owner) => {
      for (let i = 0; i < BLIND; i++) {
        const item = pick(dynamic);
        if (await take(item, owner)) return item;
      }
      const taken = await store.claims(name);
      const free = (from: number) => Array.from({ length: last - from + 1 }, (_, i) => from + i).filter((n) => !taken.has(String(n)));
      for (const item of [...free(dynamic), ...free(first)]) if (await take(item, owner)) return item;
      return undefined;
    },
    release: (item, owner) => store.release(name, String(item), owner),
  };
}
