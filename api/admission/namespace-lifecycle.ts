/** Nothing is created in a namespace that is not there or about to go, and the namespaces that all rely on are not deleted. */
import { forbidden, notFound } from '../errors.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);
const NAMESPACES = { group: '', plural: 'namespaces' };

export function namespaceLifecycle(source: ObjectSource): AdmissionStep {
  return {
    name: 'NamespaceLifecycle',
    mutate: (request) => (request.operation === 'CREATE' && request.namespace ? checkNamespace(source, request) : undefined),
    validate: (request) => {
      if (request.operation === 'DELETE' && request.kind.storage === 'namespaces' && IMMORTAL.has(request.name)) {
        throw forbidden(NAMESPACES, request.name, 'this namespace may not be deleted');
      }
    },
  };
}

/** A namespace that the cache does not know may just have been made: the store is asked before a request is refused. */
function checkNamespace(source: ObjectSource, request: AdmissionRequest): void | Promise<void> {
  const namespace = source.get('namespaces', request.namespace);
  if (namespace) return checkPhase(namespace, request);
  return source.getFresh('namespaces', request.namespace).then((fresh) => {
    if (!fresh) throw notFound(NAMESPACES, request.namespace);
    checkPhase(fresh, request);
  });
}

type Namespace = NonNullable<ReturnType<ObjectSource['get']>>;

function checkPhase(namespace: Namespace, { kind, name, namespace: of }: AdmissionRequest): void {
  if ((namespace.status as { phase?: string } | undefined)?.phase !== 'Terminating' && !namespace.metadata?.deletionTimestamp) return;
  const error = forbidden(kind, name, `unable to create new content in namespace ${of} because it is being terminated`);
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${of} is being terminated`, field: 'metadata.namespace' };
  error.status.details = { ...error.status.details, causes: [cause] };
  throw error;
}
