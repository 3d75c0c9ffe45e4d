/** The strategy of each kind: what is generic, then what the kind adds. Validation is metadata first, then the kind's own rules. */
import type { Kind } from '../../types/kinds/kind.ts';
import { dns1123Label, dns1123Subdomain, pathSegment } from '../../types/names.ts';
import { crdStrategy } from '../crd/crd-strategy.ts';
import { customStrategy } from '../crd/custom-strategy.ts';
import { isCustom } from '../crd/to-kind.ts';
import { metadataFaults, metadataUpdateFaults, type NameCheck } from './metadata.ts';
import {
  mutatingBindingStrategy,
  mutatingPolicyStrategy,
  validatingBindingStrategy,
  validatingPolicyStrategy,
} from './strategies/admission-policy.ts';
import { autoscalerStrategy } from './strategies/autoscaling.ts';
import { configMapStrategy, secretStrategy } from './strategies/config.ts';
import { cronJobStrategy } from './strategies/cronjob.ts';
import { daemonSetStrategy } from './strategies/daemonset.ts';
import { deploymentStrategy } from './strategies/deployment.ts';
import { endpointsStrategy } from './strategies/endpoints.ts';
import { endpointSliceStrategy } from './strategies/endpointslice.ts';
import { coreEventStrategy, eventStrategy } from './strategies/event.ts';
import { genericStrategy } from './strategies/generic.ts';
import { ingressStrategy, networkPolicyStrategy } from './strategies/ingress.ts';
import { jobStrategy } from './strategies/job.ts';
import { leaseStrategy } from './strategies/lease.ts';
import { limitRangeStrategy, resourceQuotaStrategy } from './strategies/limits.ts';
import { namespaceStrategy } from './strategies/namespace.ts';
import { nodeStrategy } from './strategies/node.ts';
import { podStrategy } from './strategies/pod.ts';
import { disruptionBudgetStrategy, priorityClassStrategy } from './strategies/policy.ts';
import { clusterRoleBindingStrategy, clusterRoleStrategy, roleBindingStrategy, roleStrategy } from './strategies/rbac.ts';
import { replicaSetStrategy, replicationControllerStrategy } from './strategies/replicaset.ts';
import { serviceStrategy } from './strategies/service.ts';
import { signingRequestStrategy } from './strategies/signing-request.ts';
import { statefulSetStrategy } from './strategies/statefulset.ts';
import { storageClassStrategy } from './strategies/storage.ts';
import { persistentVolumeClaimStrategy, persistentVolumeStrategy } from './strategies/volumes.ts';
import type { Strategy } from './strategy.ts';

const OWN: Record<string, Strategy> = {
  '/Pod': podStrategy,
  '/Namespace': namespaceStrategy,
  '/Node': nodeStrategy,
  '/Service': serviceStrategy,
  '/PersistentVolume': persistentVolumeStrategy,
  '/PersistentVolumeClaim': persistentVolumeClaimStrategy,
  'apps/Deployment': deploymentStrategy,
  'apps/DaemonSet': daemonSetStrategy,
  'batch/Job': jobStrategy,
  'apiextensions.k8s.io/CustomResourceDefinition': crdStrategy,
  'discovery.k8s.io/EndpointSlice': endpointSliceStrategy,
  '/ConfigMap': configMapStrategy,
  '/Secret': secretStrategy,
  '/Event': coreEventStrategy,
  '/Endpoints': endpointsStrategy,
  '/LimitRange': limitRangeStrategy,
  '/ResourceQuota': resourceQuotaStrategy,
  '/ReplicationController': replicationControllerStrategy,
  'apps/ReplicaSet': replicaSetStrategy,
  'apps/StatefulSet': statefulSetStrategy,
  'batch/CronJob': cronJobStrategy,
  'autoscaling/HorizontalPodAutoscaler': autoscalerStrategy,
  'certificates.k8s.io/CertificateSigningRequest': signingRequestStrategy,
  'coordination.k8s.io/Lease': leaseStrategy,
  'events.k8s.io/Event': eventStrategy,
  'networking.k8s.io/Ingress': ingressStrategy,
  'networking.k8s.io/NetworkPolicy': networkPolicyStrategy,
  'policy/PodDisruptionBudget': disruptionBudgetStrategy,
  'rbac.authorization.k8s.io/Role': roleStrategy,
  'rbac.authorization.k8s.io/ClusterRole': clusterRoleStrategy,
  'rbac.authorization.k8s.io/RoleBinding': roleBindingStrategy,
  'rbac.authorization.k8s.io/ClusterRoleBinding': clusterRoleBindingStrategy,
  'scheduling.k8s.io/PriorityClass': priorityClassStrategy,
  'storage.k8s.io/StorageClass': storageClassStrategy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': validatingPolicyStrategy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': validatingBindingStrategy,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': mutatingPolicyStrategy,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': mutatingBindingStrategy,
};

/** Kinds whose names are not DNS subdomains. */
const NAMES: Record<string, NameCheck> = {
  '/Namespace': dns1123Label,
  '/Service': dns1123Label,
  'apps/StatefulSet': dns1123Label,
  'rbac.authorization.k8s.io/Role': pathSegment,
  'rbac.authorization.k8s.io/RoleBinding': pathSegment,
  'rbac.authorization.k8s.io/ClusterRole': pathSegment,
  'rbac.authorization.k8s.io/ClusterRoleBinding': pathSegment,
  'certificates.k8s.io/CertificateSigningRequest': pathSegment,
};

const made = new WeakMap<Kind, Strategy>();

/** Kinds that answer a question and are not stored: no metadata is needed. */
const isQuestion = (kind: Kind) => !kind.verbs.includes('get');

export function strategyOf(kind: Kind): Strategy {
  let strategy = made.get(kind);
  if (!strategy) {
    strategy = compose(kind);
    made.set(kind, strategy);
  }
  return strategy;
}

function compose(kind: Kind): Strategy {
  const name = `${kind.group}/${kind.kind}`;
  const own: Strategy = isCustom(kind) ? customStrategy(kind) : (OWN[name] ?? {});
  if (isQuestion(kind)) return own;
  const generic = genericStrategy(kind);
  const nameCheck = (kind.custom ? undefined : NAMES[name]) ?? dns1123Subdomain;
  return {
    prepareForCreate(object) {
      generic.prepareForCreate(object);
      own.prepareForCreate?.(object);
    },
    prepareForUpdate(object, before) {
      generic.prepareForUpdate(object, before);
      own.prepareForUpdate?.(object, before);
    },
    prepareForStatusUpdate(object, before) {
      generic.prepareForStatusUpdate(object, before);
      own.prepareForStatusUpdate?.(object, before);
    },
    validate: (object) => [...metadataFaults(kind, object, nameCheck), ...(own.validate?.(object) ?? [])],
    validateUpdate: (object, before) => [...metadataUpdateFaults(object, before), ...(own.validateUpdate?.(object, before) ?? [])],
    validateStatusUpdate: (object, before) => [
      ...metadataUpdateFaults(object, before),
      ...(own.validateStatusUpdate?.(object, before) ?? []),
    ],
    validateName: nameCheck,
    ...(own.warnings ? { warnings: own.warnings } : {}),
    ...(own.subresources ? { subresources: own.subresources } : {}),
  };
}
