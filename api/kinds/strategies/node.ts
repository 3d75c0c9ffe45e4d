/** Nodes: what they can give defaults to what they have. */
import type { V1Node } from '@kubernetes/client-node';
import { labelValue, qualifiedName } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalidEach, notSupported, required } from '../field-error.ts';
import { cidrFaults } from '../rules/network.ts';
import { amountFaults } from '../rules/resources.ts';
import type { FieldError, Strategy } from '../strategy.ts';

export const nodeStrategy: Strategy = {
  prepareForCreate: (object) => mirrorCidr(object as Wire<V1Node>),
  prepareForUpdate: (object) => mirrorCidr(object as Wire<V1Node>),
  validate: (object) => nodeFaults(object as Wire<V1Node>),
  validateUpdate: (object, before) => [
    ...nodeFaults(object as Wire<V1Node>),
    ...changeFaults(object as Wire<V1Node>, before as Wire<V1Node>),
  ],
  validateStatusUpdate: (object) => amountsFaults(object as Wire<V1Node>),
};

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function nodeFaults(node: Wire<V1Node>): FieldError[] {
  const faults = [...taintFaults(node), ...amountsFaults(node)];
  for (const [i, cidr] of (node.spec?.podCIDRs ?? []).entries()) faults.push(...cidrFaults(cidr, `spec.podCIDRs[${i}]`));
  return faults;
}

/** Kubernetes says `metadata.taints`, though they are in the spec. */
function taintFaults({ spec }: Wire<V1Node>): FieldError[] {
  const faults: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { key, value = '', effect, timeAdded }] of (spec?.taints ?? []).entries()) {
    const at = `metadata.taints[${i}]`;
    faults.push(...invalidEach(`${at}.key`, key, qualifiedName(key)), ...invalidEach(`${at}.value`, value, labelValue(value)));
    if (!effect) faults.push(required(`${at}.effect`));
    else if (!EFFECTS.includes(effect)) faults.push(notSupported(`${at}.effect`, effect, EFFECTS));
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null };
      faults.push(duplicate(at, shown, 'taints must be unique by key and effect pair'));
    }
    seen.add(pair);
  }
  return faults;
}

function amountsFaults({ status }: Wire<V1Node>): FieldError[] {
  const faults: FieldError[] = [];
  for (const field of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of Object.entries(status?.[field] ?? {}))
      faults.push(...amountFaults(name, amount, `status.${field}.${name}`));
  }
  return faults;
}

/** Set once, they stay. */
function changeFaults({ spec }: Wire<V1Node>, { spec: old }: Wire<V1Node>): FieldError[] {
  const faults: FieldError[] = [];
  if (old?.podCIDRs?.length && String(spec?.podCIDRs ?? '') !== String(old.podCIDRs)) {
    faults.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old?.providerID && spec?.providerID !== old.providerID) {
    faults.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  return faults;
}

/** The older field holds the first of the newer list. */
function mirrorCidr({ spec }: Wire<V1Node>): void {
  if (!spec) return;
  if (spec.podCIDR && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
  else if (spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
}
