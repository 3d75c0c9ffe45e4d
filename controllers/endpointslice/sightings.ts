/** Which of our own writes the informer has not shown yet: acting on a copy that lacks them would write the same slices twice. */
import type { EndpointSlice } from '../../client/resources.ts';

const REMOVED = Number.POSITIVE_INFINITY;

export interface Sightings {
  /** `now` is monotonic, in ms. */
  wrote(service: string, slice: EndpointSlice, now: number): void;
  removed(service: string, slice: EndpointSlice, now: number): void;
  /** An event of the informer. */
  saw(service: string, slice: EndpointSlice, gone: boolean): void;
  /** True when the copy shows all of our writes, those from before `since` aside: if they have not been seen by now, they never will be. */
  fresh(service: string, since: number): boolean;
  forget(service: string): void;
}

interface Outstanding {
  /** By slice: the resourceVersion (numbers grow within a resource) that is to be seen. */
  slices: Map<string, number>;
  last: number;
}

export function createSightings(): Sightings {
  const services = new Map<string, Outstanding>();
  const expect = (service: string, slice: EndpointSlice, version: number, now: number) => {
    const outstanding = services.get(service) ?? { slices: new Map(), last: now };
    outstanding.slices.set(slice.metadata?.uid ?? '', version);
    outstanding.last = now;
    services.set(service, outstanding);
  };
  return {
    wrote: (service, slice, now) => expect(service, slice, Number(slice.metadata?.resourceVersion), now),
    removed: (service, slice, now) => expect(service, slice, REMOVED, now),
    saw: (service, slice, gone) => {
      const outstanding = services.get(service);
      const uid = slice.metadata?.uid ?? '';
      const version = outstanding?.slices.get(uid);
      if (version === undefined || (!gone && Number(slice.metadata?.resourceVersion) < version)) return;
      outstanding?.slices.delete(uid);
      if (outstanding?.slices.size === 0) services.delete(service);
    },
    fresh: (service, since) => (services.get(service)?.last ?? Number.NEGATIVE_INFINITY) <= since,
    forget: (service) => void services.delete(service),
  };
}
