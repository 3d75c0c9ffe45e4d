/** Nodes: what they can give defaults to what they have. */
import type { V1Node } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import type { Strategy } from '../strategy.ts';

export const nodeStrategy: Strategy = {
  prepareForCreate: (object) => mirrorCidr(object as Wire<V1Node>),
  prepareForUpdate: (object) => mirrorCidr(object as Wire<V1Node>),
};

/** The older field holds the first of the newer list. */
function mirrorCidr({ spec }: Wire<V1Node>): void {
  if (!spec) return;
  if (spec.podCIDR && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
  else if (spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
}
