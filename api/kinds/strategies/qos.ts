/** The quality of service that a pod's requests and limits earn it (kubernetes: pkg/apis/core/v1/helper/qos). */
import type { V1Pod, V1ResourceRequirements } from '@kubernetes/client-node';
import { compareQuantities, parseQuantity } from '../../../types/quantity.ts';
import type { Wire } from '../../../types/wire.ts';

type Pod = Wire<V1Pod>;

const COUNTED = ['cpu', 'memory'];

/** Guaranteed: every container has limits of CPU and memory and asks for as much. BestEffort: none asks for anything. Else Burstable. */
export function qosClassOf({ spec }: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  if (spec?.resources) return qosOf([spec.resources]);
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return qosOf(containers.map((c) => c.resources ?? {}));
}

function qosOf(all: Wire<V1ResourceRequirements>[]): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  let any = false;
  let guaranteed = true;
  for (const { requests = {}, limits = {} } of all) {
    for (const name of COUNTED) {
      const request = nonZero(requests[name]);
      const limit = nonZero(limits[name]);
      if (request || limit) any = true;
      if (!limit || (request && compareQuantities(request, limit) !== 0)) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function nonZero(quantity: string | undefined): string | undefined {
  return quantity !== undefined && parseQuantity(quantity).nano > 0n ? quantity : undefined;
}
