/** The objects that kube-apiserver makes by itself at start, apart from the RBAC policy. */
import type { AnyObject } from '../../types/wire.ts';
import { addressAt } from '../allocation/address.ts';
import type { ApiOptions } from '../options.ts';

export const NAMESPACES: AnyObject[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
}));

const priorityClass = (name: string, value: number, description: string): AnyObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
});

export const PRIORITY_CLASSES: AnyObject[] = [
  priorityClass('system-cluster-critical', 2_000_000_000, 'For pods that the cluster needs but that may run anywhere.'),
  priorityClass('system-node-critical', 2_000_001_000, 'For pods that their node can not do without.'),
];

/** The API server as pods find it: the first address of the Services' range. */
export function kubernetesService(options: ApiOptions): AnyObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: addressAt(options['service-cluster-ip-range'], 1),
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: options['secure-port'] || 6443 }],
    },
  };
}

/** How servers beside this one (metrics servers, webhooks, Kubernetes' own components) come to trust the same clients. */
export const authenticationConfig = (clientCa: string): AnyObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
  data: { 'client-ca-file': clientCa },
});
