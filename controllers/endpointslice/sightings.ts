/** Which of our own writes the informer has not shown yet: acting on a copy that lacks them would write the same slices twice. */
import type { EndpointSlice } from '../../client/resources.ts';

const REMOVED = Number.POSITIVE_INFINITY;

export interface Sightings {
  wrote(service: string, slice: EndpointSlice): void;
  removed(service: string, slice: EndpointSlice): void;
  /** An event of the informer. */
  saw(service: string, slice: EndpointSlice, gone: boolean): void;
  /** True when the copy shows all of our writes. */
  fresh(service: string): boolean;
  forget(service: string): void;
}

export function createSightings(): Sightings {
  /** By service, by slice: the resourceVersion (numbers grow within a resource) that is to be seen. */
  const waiting = new Map<string, Map<string, number>>();
  const expect = (service: string, slice: EndpointSlice, version: number) => {
    const slices = waiting.get(service) ?? new Map<string, number>();
    waiting.set(service, slices.set(slice.metadata?.uid ?? '', version));
  };
  return {
    wrote: (service, slice) => expect(service, slice, Number(slice.metadata?.resourceVersion)),
    removed: (service, slice) => expect(service, slice, REMOVED),
    saw: (service, slice, gone) => {
      const slices = waiting.get(service);
      const uid = slice.metadata?.uid ?? '';
      const version = slices?.get(uid);
      if (version === undefined || (!gone && Number(slice.metadata?.resourceVersion) < version)) return;
      slices?.delete(uid);
      if (slices?.size === 0) waiting.delete(service);
    },
    fresh: (service) => !waiting.has(service),
    forget: (service) => void waiting.delete(service),
  };
}
