/** What Kubernetes fills in where a client says nothing: a table of one function for each kind that has any. */
import { defaultMutatingWebhooks, defaultPolicy, defaultPolicyBinding, defaultValidatingWebhooks } from './defaults/admission.ts';
import { defaultAutoscalerV1, defaultAutoscalerV2 } from './defaults/autoscaling.ts';
import {
  defaultEndpoints,
  defaultLimitRange,
  defaultNamespace,
  defaultNode,
  defaultPersistentVolume,
  defaultPersistentVolumeClaim,
  defaultPodTemplateObject,
  defaultReplicationController,
  defaultSecret,
} from './defaults/core.ts';
import { defaultFlowSchema, defaultPriorityLevel } from './defaults/flowcontrol.ts';
import {
  defaultApiService,
  defaultCsiDriver,
  defaultEndpointSlice,
  defaultIngressClass,
  defaultNetworkPolicy,
  defaultPriorityClass,
  defaultRoleBinding,
  defaultStorageClass,
  defaultTokenRequest,
} from './defaults/other.ts';
import { defaultPod } from './defaults/pod.ts';
import { defaultResourceClaim, defaultResourceClaimTemplate } from './defaults/resource.ts';
import { defaultService } from './defaults/service.ts';
import {
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultStatefulSet,
} from './defaults/workloads.ts';
import type { Kind } from './kind.ts';

type ApplyDefaults = (object: never) => void;

const BY_KIND: Record<string, ApplyDefaults> = {
  '/v1/Pod': defaultPod,
  '/v1/PodTemplate': defaultPodTemplateObject,
  '/v1/ReplicationController': defaultReplicationController,
  '/v1/Namespace': defaultNamespace,
  '/v1/Node': defaultNode,
  '/v1/Secret': defaultSecret,
  '/v1/Service': defaultService,
  '/v1/Endpoints': defaultEndpoints,
  '/v1/PersistentVolume': defaultPersistentVolume,
  '/v1/PersistentVolumeClaim': defaultPersistentVolumeClaim,
  '/v1/LimitRange': defaultLimitRange,
  'apps/v1/Deployment': defaultDeployment,
  'apps/v1/ReplicaSet': defaultReplicaSet,
  'apps/v1/StatefulSet': defaultStatefulSet,
  'apps/v1/DaemonSet': defaultDaemonSet,
  'batch/v1/Job': defaultJob,
  'batch/v1/CronJob': defaultCronJob,
  'autoscaling/v1/HorizontalPodAutoscaler': defaultAutoscalerV1,
  'autoscaling/v2/HorizontalPodAutoscaler': defaultAutoscalerV2,
  'networking.k8s.io/v1/NetworkPolicy': defaultNetworkPolicy,
  'networking.k8s.io/v1/IngressClass': defaultIngressClass,
  'rbac.authorization.k8s.io/v1/RoleBinding': defaultRoleBinding,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': defaultRoleBinding,
  'storage.k8s.io/v1/StorageClass': defaultStorageClass,
  'storage.k8s.io/v1/CSIDriver': defaultCsiDriver,
  'scheduling.k8s.io/v1/PriorityClass': defaultPriorityClass,
  'discovery.k8s.io/v1/EndpointSlice': defaultEndpointSlice,
  'apiregistration.k8s.io/v1/APIService': defaultApiService,
  'authentication.k8s.io/v1/TokenRequest': defaultTokenRequest,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': defaultValidatingWebhooks,
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': defaultMutatingWebhooks,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': defaultPolicy,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': defaultPolicy,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': defaultPolicyBinding,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': defaultPolicyBinding,
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': defaultFlowSchema,
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': defaultPriorityLevel,
  'resource.k8s.io/v1/ResourceClaim': defaultResourceClaim,
  'resource.k8s.io/v1/ResourceClaimTemplate': defaultResourceClaimTemplate,
};

/**
 * Fills in the defaults of a built-in kind, in place; doing it twice changes nothing. The object must be well-formed (see `decodeFaults`).
 * Custom kinds carry their defaults in their schemas, which their CRDs apply.
 */
export function applyDefaults(kind: Pick<Kind, 'group' | 'version' | 'kind' | 'custom'>, object: object): void {
  if (kind.custom) return;
  BY_KIND[`${kind.group}/${kind.version}/${kind.kind}`]?.(object as never);
}
