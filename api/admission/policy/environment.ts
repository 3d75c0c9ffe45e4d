/** What expressions of admission policies see (k8s.io/apiserver/pkg/admission/plugin/cel). */

import type { AnyObject } from '../../../types/wire.ts';
import { createEnvironment, type Environment } from '../../cel/environment.ts';
import { AUTHORIZER, type Authorize, authorizerValue, RESOURCE_CHECK, resourceCheckValue } from '../../cel/library/authorizer.ts';
import { BOOL, type CelType, DYN, listOf, mapOf, objectType, STRING } from '../../cel/type.ts';
import { fromJson, JsonMap, type Value } from '../../cel/value.ts';
import type { AdmissionRequest } from '../admission.ts';

const USER = objectType('kubernetes.UserInfo', {
  username: STRING,
  uid: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
});
const KIND = objectType('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = objectType('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING });

const REQUEST = objectType('kubernetes.AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});

const NAMESPACE_METADATA = objectType('kubernetes.NamespaceMetadata', {
  name: STRING,
  generateName: STRING,
  namespace: STRING,
  labels: mapOf(STRING, STRING),
  annotations: mapOf(STRING, STRING),
  UID: STRING,
  creationTimestamp: { name: 'google.protobuf.Timestamp' },
  deletionGracePeriodSeconds: { name: 'int' },
  deletionTimestamp: { name: 'google.protobuf.Timestamp' },
  generation: { name: 'int' },
  resourceVersion: STRING,
  finalizers: listOf(STRING),
});

const NAMESPACE = objectType('kubernetes.Namespace', {
  metadata: NAMESPACE_METADATA,
  spec: objectType('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: objectType('kubernetes.NamespaceStatus', { phase: STRING }),
});

export interface Sight {
  /** `params`: the policy has a paramKind. */
  params: boolean;
  /** `variables`: their types by name. Default: none may be used. */
  variables?: CelType;
  /** `authorizer`. Default: it may be used. */
  authorizer?: boolean;
  /** Types that may be made. */
  structs?: (name: string) => CelType | undefined;
}

/** `object`, `oldObject`, `request`, `namespaceObject`, `authorizer` and what `Sight` adds. */
export function admissionEnvironment({ params, variables, authorizer = true, structs }: Sight): Environment {
  return createEnvironment({
    variables: {
      object: DYN,
      oldObject: DYN,
      request: REQUEST,
      namespaceObject: NAMESPACE,
      ...(params ? { params: DYN } : {}),
      ...(variables ? { variables } : {}),
      ...(authorizer ? { authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK } : {}),
    },
    ...(structs ? { structs } : {}),
  });
}

/** Conditions of webhooks, which have neither parameters nor variables nor a namespace. */
export function webhookEnvironment(): Environment {
  return createEnvironment({
    variables: { object: DYN, oldObject: DYN, request: REQUEST, authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK },
  });
}

/** The values of the variables for one request, each made when it is first read. */
export function requestVariables(request: AdmissionRequest, namespace: AnyObject | undefined, authorize: Authorize) {
  const made = new Map<string, Value>();
  const makers: Record<string, () => Value> = {
    object: () => (request.object ? fromJson(request.object) : null),
    oldObject: () => (request.before ? fromJson(request.before) : null),
    request: () => new JsonMap(requestOf(request), REQUEST),
    namespaceObject: () => (namespace ? new JsonMap(namespace, NAMESPACE) : null),
    authorizer: () => authorizerValue(authorize, request.user),
    'authorizer.requestResource': () => resourceCheckValue(authorize, request.user, resourceOf(request)),
  };
  return (name: string): Value | undefined => {
    const before = made.get(name);
    if (before !== undefined) return before;
    const value = Object.hasOwn(makers, name) ? makers[name]?.() : undefined;
    if (value !== undefined) made.set(name, value);
    return value;
  };
}

function requestOf({ operation, kind, subresource, namespace, name, user, dryRun }: AdmissionRequest): Record<string, unknown> {
  const { group, version } = kind;
  const ofKind = { group, version, kind: kind.kind };
  const ofResource = { group, version, resource: kind.plural };
  return {
    kind: ofKind,
    resource: ofResource,
    ...(subresource ? { subResource: subresource, requestSubResource: subresource } : {}),
    requestKind: ofKind,
    requestResource: ofResource,
    name,
    ...(namespace ? { namespace } : {}),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid ? { uid: user.uid } : {}),
      groups: user.groups,
      ...(user.extra ? { extra: user.extra } : {}),
    },
    dryRun,
    options: {},
  };
}

const VERBS = { CREATE: 'create', UPDATE: 'update', DELETE: 'delete' };

function resourceOf({ operation, kind, subresource, namespace, name }: AdmissionRequest) {
  const { group, version } = kind;
  return { isResource: true, verb: VERBS[operation], group, version, resource: kind.plural, subresource, namespace, name, path: '' };
}
