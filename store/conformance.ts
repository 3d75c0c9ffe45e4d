import { afterAll, beforeAll, describe } from 'vitest';
import { claims } from './conformance/claims.ts';
import { lasting } from './conformance/lasting.ts';
import { model } from './conformance/model.ts';
import { reads } from './conformance/reads.ts';
import { tails } from './conformance/tails.ts';
import { type Driver, Place } from './conformance/world.ts';
import { writes } from './conformance/writes.ts';
import type { Store } from './store.ts';

/** What `store.ts` promises, as tests. Most share one store, each with resources of its own. */
export function conformance(driver: Driver): void {
  describe(`${driver.name}: the store`, () => {
    let place: Place;
    let opened: Store;
    beforeAll(async () => {
      place = await Place.make(driver);
      opened = await place.open();
    });
    afterAll(() => place?.[Symbol.asyncDispose]());
    const store = () => opened;
    writes(store);
    reads(store);
    tails(store);
    claims(store);
    model(store);
    lasting(driver);
  });
}
