/** Which kinds need a conversion between their stored and their served form. */
import { groupResource, type Kind } from '../../types/kinds/kind.ts';
import { pruneForStorage } from '../crd/custom-strategy.ts';
import { type CustomKind, isCustom } from '../crd/to-kind.ts';
import type { Conversion } from './conversion.ts';
import { eventsConversion } from './events.ts';
import { autoscalerConversion } from './horizontal-pod-autoscaler.ts';

/** By `group/version plural.group` of the kind that is not stored in its own form. */
const TABLE: Record<string, Conversion> = {
  'events.k8s.io/v1 events.events.k8s.io': eventsConversion,
  'autoscaling/v1 horizontalpodautoscalers.autoscaling': autoscalerConversion,
};

/** Between the versions of a custom kind nothing is moved; what the stored one does not know is lost. */
function customConversion(kind: CustomKind): Conversion {
  return {
    fromStored: (object) => object,
    toStored: (object) => {
      pruneForStorage(kind, object);
      return object;
    },
  };
}

/** Undefined when the stored form is the kind's own. */
export function conversionOf(kind: Kind): Conversion | undefined {
  if (!kind.storageVersion) return undefined;
  if (isCustom(kind)) return customConversion(kind);
  return TABLE[`${kind.group}/${kind.version} ${groupResource(kind)}`];
}
