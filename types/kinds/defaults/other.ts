/** Defaults of the groups with little to default: networking, RBAC, storage, scheduling, discovery, registration. */
import type {
  AuthenticationV1TokenRequest,
  V1APIService,
  V1CSIDriver,
  V1EndpointSlice,
  V1IngressClass,
  V1NetworkPolicy,
  V1NetworkPolicyPort,
  V1PriorityClass,
  V1RoleBinding,
  V1StorageClass,
} from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';

export function defaultNetworkPolicy({ spec }: Wire<V1NetworkPolicy>): void {
  if (!spec) return;
  const ports = (list: Wire<V1NetworkPolicyPort>[] | undefined) => {
    for (const port of list ?? []) port.protocol ??= 'TCP';
  };
  for (const rule of spec.ingress ?? []) ports(rule.ports);
  for (const rule of spec.egress ?? []) ports(rule.ports);
  spec.policyTypes ??= spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}

export function defaultIngressClass({ spec }: Wire<V1IngressClass>): void {
  if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
}

const RBAC = 'rbac.authorization.k8s.io';

export function defaultRoleBinding(object: Wire<V1RoleBinding>): void {
  if (object.roleRef) object.roleRef.apiGroup ||= RBAC;
  for (const subject of object.subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= RBAC;
  }
}

export function defaultStorageClass(object: Wire<V1StorageClass>): void {
  object.reclaimPolicy ??= 'Delete';
  object.volumeBindingMode ??= 'Immediate';
}

export function defaultCsiDriver({ spec }: Wire<V1CSIDriver>): void {
  if (!spec) return;
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  spec.volumeLifecycleModes ??= ['Persistent'];
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
}

export function defaultPriorityClass(object: Wire<V1PriorityClass>): void {
  object.preemptionPolicy ??= 'PreemptLowerPriority';
}

export function defaultEndpointSlice(object: Wire<V1EndpointSlice>): void {
  for (const port of object.ports ?? []) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}

export function defaultApiService({ spec }: Wire<V1APIService>): void {
  if (spec?.service) spec.service.port ??= 443;
}

export function defaultTokenRequest({ spec }: Wire<AuthenticationV1TokenRequest>): void {
  if (spec) spec.expirationSeconds ??= 3600;
}
