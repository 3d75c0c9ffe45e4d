/** What most kinds have in common: a status that only its subresource changes, and a generation that counts changes of what is wanted. */
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Kind } from '../../../types/kinds/kind.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { zeroOf } from '../decoder.ts';
import type { Strategy } from '../strategy.ts';

/** Everything but these is what is wanted, where a kind says nothing else. */
const NOT_WANTED = ['apiVersion', 'kind', 'metadata', 'status'];

/** Kinds whose strategies set the generation at creation. The others leave it as it is sent. */
const COUNTED = new Set([
  '/Pod',
  '/PodTemplate',
  '/ReplicationController',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'batch/Job',
  'batch/CronJob',
  'policy/PodDisruptionBudget',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
  'discovery.k8s.io/EndpointSlice',
  'scheduling.k8s.io/PriorityClass',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceSlice',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/** Kinds whose creation keeps a status that a client sends: a kubelet registers its node with one. */
const STATUS_AT_CREATION = new Set(['/Node']);

export function genericStrategy(kind: Kind): Required<Pick<Strategy, 'prepareForCreate' | 'prepareForUpdate' | 'prepareForStatusUpdate'>> {
  const name = `${kind.group}/${kind.kind}`;
  const hasStatus = kind.subresources.some((s) => s.name === 'status');
  const counted = kind.custom || COUNTED.has(name);
  // A custom kind without the subresource has a status like any other field.
  const wanted = hasStatus || !kind.custom ? NOT_WANTED : NOT_WANTED.filter((field) => field !== 'status');
  return {
    prepareForCreate(object) {
      dropSelfLink(object);
      if (counted && object.metadata) object.metadata.generation = 1;
      if (hasStatus && !STATUS_AT_CREATION.has(name)) resetStatus(kind, object);
    },
    prepareForUpdate(object, before) {
      dropSelfLink(object);
      if (hasStatus) restore(object, before, 'status');
      keepGeneration(object, before);
      if (counted && object.metadata && wantedChanged(object, before, wanted))
        object.metadata.generation = (before.metadata?.generation ?? 0) + 1;
    },
    prepareForStatusUpdate(object, before) {
      const fields = new Set([...Object.keys(object), ...Object.keys(before)]);
      for (const field of fields) if (!NOT_WANTED.includes(field)) restore(object, before, field);
      if (kind.custom && object.metadata) {
        const { managedFields } = object.metadata;
        object.metadata = { ...before.metadata };
        if (managedFields) object.metadata.managedFields = managedFields;
        else delete object.metadata.managedFields;
      }
      keepGeneration(object, before);
    },
  };
}

/** Long gone from the API, and still sent by old clients. */
function dropSelfLink(object: AnyObject): void {
  delete (object.metadata as { selfLink?: string } | undefined)?.selfLink;
}

function resetStatus(kind: Kind, object: AnyObject): void {
  const schema = kind.schema.properties?.status;
  if (kind.custom || !schema?.['x-go-always']) delete object.status;
  else object.status = zeroOf(schema)();
}

function keepGeneration(object: AnyObject, before: AnyObject): void {
  if (!object.metadata) return;
  const generation = before.metadata?.generation;
  if (generation === undefined) delete object.metadata.generation;
  else object.metadata.generation = generation;
}

export function restore(object: AnyObject, before: AnyObject, field: string): void {
  if (before[field] === undefined) delete object[field];
  else object[field] = before[field];
}

function wantedChanged(object: AnyObject, before: AnyObject, ignored: string[]): boolean {
  for (const field of new Set([...Object.keys(object), ...Object.keys(before)])) {
    if (!ignored.includes(field) && !semanticallyEqual(object[field], before[field])) return true;
  }
  return false;
}
