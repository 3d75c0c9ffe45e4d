/** Which function makes the printer cells of which built-in kind. */
import type { Kind } from '../kind.ts';
import {
  apiServiceCells,
  mutatingPolicyCells,
  policyBindingCells,
  roleBindingCells,
  signingRequestCells,
  validatingPolicyCells,
  webhooksCells,
} from './access.ts';
import { autoscalerCells, autoscalerV1Cells } from './autoscaling.ts';
import type { Cells } from './common.ts';
import {
  componentStatusCells,
  configMapCells,
  createdAtCells,
  nameAndAgeCells,
  namespaceCells,
  nodeCells,
  resourceQuotaCells,
  secretCells,
} from './core.ts';
import { eventCells } from './event.ts';
import {
  endpointSliceCells,
  endpointsCells,
  ingressCells,
  ingressClassCells,
  ipAddressCells,
  networkPolicyCells,
  serviceCells,
  serviceCidrCells,
} from './network.ts';
import {
  flowSchemaCells,
  leaseCells,
  priorityClassCells,
  priorityLevelCells,
  resourceClaimCells,
  resourceSliceCells,
  runtimeClassCells,
} from './other.ts';
import { podCells, podTemplateCells } from './pod.ts';
import {
  csiDriverCells,
  csiNodeCells,
  persistentVolumeCells,
  persistentVolumeClaimCells,
  storageClassCells,
  volumeAttachmentCells,
  volumeAttributesClassCells,
} from './storage.ts';
import {
  controllerRevisionCells,
  cronJobCells,
  daemonSetCells,
  deploymentCells,
  disruptionBudgetCells,
  jobCells,
  replicaSetCells,
  replicationControllerCells,
  statefulSetCells,
} from './workloads.ts';

const BY_KIND: Record<string, Cells<never>> = {
  '/v1/ComponentStatus': componentStatusCells,
  '/v1/ConfigMap': configMapCells,
  '/v1/Endpoints': endpointsCells,
  '/v1/Event': eventCells,
  '/v1/LimitRange': createdAtCells,
  '/v1/Namespace': namespaceCells,
  '/v1/Node': nodeCells,
  '/v1/PersistentVolume': persistentVolumeCells,
  '/v1/PersistentVolumeClaim': persistentVolumeClaimCells,
  '/v1/Pod': podCells,
  '/v1/PodTemplate': podTemplateCells,
  '/v1/ReplicationController': replicationControllerCells,
  '/v1/ResourceQuota': resourceQuotaCells,
  '/v1/Secret': secretCells,
  '/v1/Service': serviceCells,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': mutatingPolicyCells,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': policyBindingCells,
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': webhooksCells,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': validatingPolicyCells,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': policyBindingCells,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': webhooksCells,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': createdAtCells,
  'apiregistration.k8s.io/v1/APIService': apiServiceCells,
  'apps/v1/ControllerRevision': controllerRevisionCells,
  'apps/v1/DaemonSet': daemonSetCells,
  'apps/v1/Deployment': deploymentCells,
  'apps/v1/ReplicaSet': replicaSetCells,
  'apps/v1/StatefulSet': statefulSetCells,
  'autoscaling/v1/HorizontalPodAutoscaler': autoscalerV1Cells,
  'autoscaling/v2/HorizontalPodAutoscaler': autoscalerCells,
  'batch/v1/CronJob': cronJobCells,
  'batch/v1/Job': jobCells,
  'certificates.k8s.io/v1/CertificateSigningRequest': signingRequestCells,
  'coordination.k8s.io/v1/Lease': leaseCells,
  'discovery.k8s.io/v1/EndpointSlice': endpointSliceCells,
  'events.k8s.io/v1/Event': eventCells,
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': flowSchemaCells,
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': priorityLevelCells,
  'networking.k8s.io/v1/IPAddress': ipAddressCells,
  'networking.k8s.io/v1/Ingress': ingressCells,
  'networking.k8s.io/v1/IngressClass': ingressClassCells,
  'networking.k8s.io/v1/NetworkPolicy': networkPolicyCells,
  'networking.k8s.io/v1/ServiceCIDR': serviceCidrCells,
  'node.k8s.io/v1/RuntimeClass': runtimeClassCells,
  'policy/v1/PodDisruptionBudget': disruptionBudgetCells,
  'rbac.authorization.k8s.io/v1/ClusterRole': createdAtCells,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': roleBindingCells,
  'rbac.authorization.k8s.io/v1/Role': createdAtCells,
  'rbac.authorization.k8s.io/v1/RoleBinding': roleBindingCells,
  'resource.k8s.io/v1/ResourceClaim': resourceClaimCells,
  'resource.k8s.io/v1/ResourceSlice': resourceSliceCells,
  'scheduling.k8s.io/v1/PriorityClass': priorityClassCells,
  'storage.k8s.io/v1/CSIDriver': csiDriverCells,
  'storage.k8s.io/v1/CSINode': csiNodeCells,
  'storage.k8s.io/v1/CSIStorageCapacity': createdAtCells,
  'storage.k8s.io/v1/StorageClass': storageClassCells,
  'storage.k8s.io/v1/VolumeAttachment': volumeAttachmentCells,
  'storage.k8s.io/v1/VolumeAttributesClass': volumeAttributesClassCells,
};

/** Kinds not in the table show their name and age. */
export function cellsOf(group: string, version: string, kind: string): Kind['cells'] {
  return (BY_KIND[`${group}/${version}/${kind}`] ?? nameAndAgeCells) as Kind['cells'];
}
