/** EndpointSlices: labels count as part of what is wanted, since consumers select by them. */
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Strategy } from '../strategy.ts';

export const endpointSliceStrategy: Strategy = {
  prepareForUpdate(object, before) {
    const generation = before.metadata?.generation ?? 0;
    if (!object.metadata || object.metadata.generation !== generation) return;
    if (!semanticallyEqual(object.metadata.labels, before.metadata?.labels)) object.metadata.generation = generation + 1;
  },
};
