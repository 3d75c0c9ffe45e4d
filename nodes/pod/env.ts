/**
 * A container's environment as its kubelet makes it: values, `$(NAME)` expanded from what stands before, and fields of the pod. What comes
 * from ConfigMaps and Secrets is left out: a simulated container has no business with it.
 */
import type { Pod } from '../../client/resources.ts';
import type { Container } from './run.ts';

/** What the API does not show yet when the containers start. */
export interface Place {
  address: string;
  hostAddress: string;
}

export function envOf(pod: Pod, container: Container, place: Place): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) env[name] = fieldOf(pod, valueFrom.fieldRef.fieldPath, place);
    else if (!valueFrom) env[name] = expand(value ?? '', env);
  }
  return env;
}

/** `$$` is a dollar; a name that is not known stays as it is written (k8s.io/kubernetes/third_party/forked/golang/expansion). */
export function expand(text: string, env: Record<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name?: string) => (name === undefined ? '$' : (env[name] ?? whole)));
}

function fieldOf(pod: Pod, path: string, place: Place): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map && key) return pod.metadata?.[map as 'labels' | 'annotations']?.[key] ?? '';
  return FIELDS[path]?.(pod, place) ?? '';
}

const FIELDS: Record<string, (pod: Pod, place: Place) => string | undefined> = {
  'metadata.name': (pod) => pod.metadata?.name,
  'metadata.namespace': (pod) => pod.metadata?.namespace,
  'metadata.uid': (pod) => pod.metadata?.uid,
  'spec.nodeName': (pod) => pod.spec?.nodeName,
  'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName,
  'status.podIP': (_, place) => place.address,
  'status.podIPs': (_, place) => place.address,
  'status.hostIP': (_, place) => place.hostAddress,
  'status.hostIPs': (_, place) => place.hostAddress,
};
