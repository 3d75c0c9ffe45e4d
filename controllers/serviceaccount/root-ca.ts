/** Root CA: the certificate authority of the API server, as a ConfigMap in every namespace, for pods to check the server with. */
import { readFile } from 'node:fs/promises';
import { type ConfigMap, configMaps } from '../../client/resources.ts';
import type { Controller } from '../controller.ts';
import { same } from '../shared/same.ts';
import { keepInEveryNamespace } from './per-namespace.ts';

const NAME = 'kube-root-ca.crt';
const KEY = 'ca.crt';
/** Part of what Kubernetes publishes; tools compare it. */
const annotations = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or ' +
    'kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/** Does nothing where no certificate authority is given. */
export const rootCaController: Controller = {
  name: 'root-ca-certificate-publisher-controller',
  start: async (env) => {
    const { 'root-ca-file': file, rootCa } = env.options;
    const text = file ? await readFile(file, 'utf8') : rootCa;
    if (text) await publish(env, { [KEY]: text });
  },
};

function publish(env: Parameters<Controller['start']>[0], data: Record<string, string>): Promise<void> {
  const make = (namespace: string): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace, annotations },
    data,
  });
  return keepInEveryNamespace(env, {
    controller: 'root-ca-certificate-publisher-controller',
    resource: configMaps,
    name: NAME,
    make,
    correct: (standing) => {
      if (same(standing.data, data) && standing.metadata?.annotations?.['kubernetes.io/description']) return undefined;
      return { ...standing, data, metadata: { ...standing.metadata, annotations: { ...standing.metadata?.annotations, ...annotations } } };
    },
  });
}
