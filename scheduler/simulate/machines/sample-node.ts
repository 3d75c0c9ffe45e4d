/** The node that a machine of a class would register as. */
import type { MachineClass } from '../../../client/cloud.ts';
import type { Node } from '../../../client/resources.ts';
import { compareQuantities, subtractQuantities } from '../../../types/quantity.ts';

export function sampleNode(cls: MachineClass, name: string, zone: string | undefined): Node {
  const { spec } = cls;
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': spec.operatingSystem ?? 'linux',
    'kubernetes.io/arch': spec.architecture ?? 'amd64',
    'node.kubernetes.io/instance-type': cls.metadata?.name ?? '',
    ...(zone !== undefined && { 'topology.kubernetes.io/zone': zone }),
    ...spec.labels,
  };
  const allocatable: Record<string, string> = { pods: '110' };
  for (const [resource, amount] of Object.entries({ ...spec.capacity, ...spec.extendedResources })) allocatable[resource] = String(amount);
  for (const [resource, amount] of Object.entries(spec.reserved ?? {})) {
    const whole = allocatable[resource];
    if (whole !== undefined) allocatable[resource] = compareQuantities(amount, whole) > 0 ? '0' : subtractQuantities(whole, amount);
  }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: spec.taints?.length ? { taints: spec.taints } : {},
    status: { allocatable },
  };
}
