/** Which kinds need a conversion between their stored and their served form. */
import { groupResource, type Kind } from '../../types/kinds/kind.ts';
import type { Conversion } from './conversion.ts';
import { eventsConversion } from './events.ts';
import { autoscalerConversion } from './horizontal-pod-autoscaler.ts';

/** By `group/version plural.group` of the kind that is not stored in its own form. */
const TABLE: Record<string, Conversion> = {
  'events.k8s.io/v1 events.events.k8s.io': eventsConversion,
  'autoscaling/v1 horizontalpodautoscalers.autoscaling': autoscalerConversion,
};

/** Undefined when the stored form is the kind's own. */
export function conversionOf(kind: Kind): Conversion | undefined {
  if (kind.custom || !kind.storageVersion) return undefined;
  return TABLE[`${kind.group}/${kind.version} ${groupResource(kind)}`];
}
