import { conflict, type StatusError } from '../errors.ts';
import { keyFor, type WriteContext } from './write-context.ts';

/** Resources that Kubernetes keeps under other names than those in their paths. */
const KEPT_AS: Record<string, string> = {
  endpoints: 'services/endpoints',
  'ingresses.networking.k8s.io': 'ingress',
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  services: 'services/specs',
};

/** 409: the client means another object than the one that has the name now. Worded as Kubernetes' storage words it, key and all. */
export function uidMismatch(context: WriteContext, asked: string, stored: string | undefined): StatusError {
  const { kind, name } = context;
  const resource = kind.custom ? `${kind.group}/${kind.plural}` : (KEPT_AS[kind.storage] ?? kind.plural);
  const key = `/registry/${resource}/${keyFor(context, name)}`;
  const why = `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${stored ?? ''}`;
  return conflict(kind, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`);
}
