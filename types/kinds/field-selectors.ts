/** The field selectors that Kubernetes offers per resource, beyond metadata.name and metadata.namespace. An absent field reads as ''. */
import type { Kind } from './kind.ts';

type Selectors = Kind['fieldSelectors'];
type Read = Selectors[string];

/** Reads a path of plain names; what isn't there is `absent`. */
function at(path: string, absent = ''): Read {
  const names = path.split('.');
  return (object) => {
    let value: unknown = object;
    for (const name of names) value = (value as Record<string, unknown> | undefined | null)?.[name];
    return value === undefined || value === null ? absent : String(value);
  };
}

function paths(...names: string[]): Selectors {
  return Object.fromEntries(names.map((name) => [name, at(name)]));
}

/** The regarding object has two names: involvedObject in core/v1, regarding in events.k8s.io/v1. */
function eventSelectors(object: string, source: Read): Selectors {
  const selectors: Selectors = paths('reason', 'type', 'reportingComponent');
  for (const field of ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']) {
    selectors[`${object}.${field}`] = at(`${object}.${field}`);
  }
  selectors[object === 'regarding' ? 'reportingController' : 'source'] = source;
  return selectors;
}

const BY_RESOURCE: Record<string, Selectors> = {
  '/pods': {
    ...paths(
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ),
    'spec.hostNetwork': at('spec.hostNetwork', 'false'),
  },
  '/nodes': { 'spec.unschedulable': at('spec.unschedulable', 'false') },
  '/namespaces': paths('status.phase'),
  '/secrets': paths('type'),
  '/services': paths('spec.clusterIP', 'spec.type'),
  '/replicationcontrollers': { 'status.replicas': at('status.replicas', '0') },
  '/events': eventSelectors('involvedObject', (object) => at('source.component')(object) || at('reportingComponent')(object)),
  'events.k8s.io/events': eventSelectors('regarding', at('reportingController')),
  'batch/jobs': { 'status.successful': at('status.succeeded', '0') },
  'certificates.k8s.io/certificatesigningrequests': paths('spec.signerName'),
  'resource.k8s.io/resourceslices': paths('spec.nodeName', 'spec.driver'),
};

export function fieldSelectorsOf(group: string, plural: string): Selectors {
  return BY_RESOURCE[`${group}/${plural}`] ?? {};
}

/** Kinds that name an unsupported field their own way; the others of Kubernetes' own list what they do support. */
const PLAIN_REFUSAL = new Set([
  'Pod',
  'Node',
  'ReplicationController',
  'Event',
  'Namespace',
  'Secret',
  'Service',
  'CertificateSigningRequest',
]);

/** Why a path can't be selected by, as each of Kubernetes' kinds words it. */
export function unsupportedField(kind: Kind, path: string): string {
  if (kind.custom || PLAIN_REFUSAL.has(kind.kind)) return `field label not supported: ${path}`;
  if (kind.kind === 'Job') return `field label ${JSON.stringify(path)} not supported for batchv1.Job`;
  return `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
