/** Services: which address families they have. Addresses and ports are allocated elsewhere. */
import type { V1Service } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { serviceChangeFaults, serviceFaults, serviceWarnings } from '../rules/service.ts';
import type { Strategy } from '../strategy.ts';

type Spec = NonNullable<Wire<V1Service>['spec']>;

export const serviceStrategy: Strategy = {
  prepareForCreate(object) {
    const { spec } = object as Wire<V1Service>;
    if (spec) defaultFamilies(spec);
  },
  prepareForUpdate(object, before) {
    const { spec } = object as Wire<V1Service>;
    const old = (before as Wire<V1Service>).spec;
    if (!spec || !old) return;
    keepAllocated(spec, old);
    dropTypeDependent(spec, old);
    defaultFamilies(spec);
  },
  validate: (object) => serviceFaults(object as Wire<V1Service>),
  validateUpdate: (object, before) => [
    ...serviceFaults(object as Wire<V1Service>),
    ...serviceChangeFaults(object as Wire<V1Service>, before as Wire<V1Service>),
  ],
  warnings: (object) => serviceWarnings(object as Wire<V1Service>),
};

/** A cluster of one family, IPv4. A Service without cluster IPs (ExternalName) has none. */
function defaultFamilies(spec: Spec): void {
  if (spec.type === 'ExternalName') return;
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
}

/** What a client leaves out of an update stays as it is (patchAllocatedValues). */
function keepAllocated(spec: Spec, old: Spec): void {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return;
  if (!spec.clusterIP) {
    if (old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs) spec.clusterIPs = old.clusterIPs;
  } else if (!spec.clusterIPs?.length) spec.clusterIPs = spec.clusterIP === old.clusterIP ? old.clusterIPs : [spec.clusterIP];
  else if (spec.clusterIP !== old.clusterIP && spec.clusterIPs[0] === old.clusterIP) spec.clusterIPs = [spec.clusterIP];
  if (!spec.ipFamilies?.length && old.ipFamilies) spec.ipFamilies = old.ipFamilies;
  spec.ipFamilyPolicy ??= old.ipFamilyPolicy;
  if (!hasNodePorts(spec) || !hasNodePorts(old)) return;
  for (const port of spec.ports ?? []) {
    if (port.nodePort) continue;
    const same = old.ports?.find((p) => p.port === port.port && p.protocol === port.protocol);
    const taken = spec.ports?.some((p) => p.nodePort !== undefined && p.nodePort === same?.nodePort);
    if (same?.nodePort && !taken) port.nodePort = same.nodePort;
  }
  if (!spec.healthCheckNodePort && spec.externalTrafficPolicy === 'Local' && old.healthCheckNodePort) {
    spec.healthCheckNodePort = old.healthCheckNodePort;
  }
}

/** Fields that the new type has no use for, and that the client did not change, go (dropTypeDependentFields). */
function dropTypeDependent(spec: Spec, old: Spec): void {
  if (spec.type === old.type) return;
  if (spec.type === 'ExternalName') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
    delete spec.internalTrafficPolicy;
  } else delete spec.externalName;
  if (!hasNodePorts(spec)) {
    for (const port of spec.ports ?? []) if (old.ports?.some((p) => p.nodePort === port.nodePort)) delete port.nodePort;
  }
  if (spec.type !== 'LoadBalancer') {
    delete spec.allocateLoadBalancerNodePorts;
    delete spec.healthCheckNodePort;
    delete spec.loadBalancerClass;
  }
  if (spec.type === 'ClusterIP' && !spec.externalIPs?.length) delete spec.externalTrafficPolicy;
}

export function hasNodePorts(spec: Spec): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}
