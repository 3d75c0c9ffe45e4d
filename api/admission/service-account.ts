/** Pods run as a ServiceAccount and find its token in a volume (k8s.io/kubernetes/plugin/pkg/admission/serviceaccount). */
import { createHash } from 'node:crypto';
import type { AnyObject } from '../../types/wire.ts';
import { forbidden } from '../errors.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { createdPod, type PodObject } from './pods.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const PREFIX = 'kube-api-access-';
/** Seconds: an hour, and seven for the kubelet to notice. */
const TOKEN_LIFE = 3607;
const PODS = { group: '', plural: 'pods' };
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

interface ServiceAccount extends AnyObject {
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: { name?: string }[];
}

export function serviceAccount(source: ObjectSource): AdmissionStep {
  return {
    name: 'ServiceAccount',
    mutate: async (request) => {
      const pod = createdPod(request);
      if (!pod || pod.metadata?.annotations?.['kubernetes.io/config.mirror']) return;
      pod.spec.serviceAccountName ||= 'default';
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const account = await accountOf(source, request, pod.spec.serviceAccountName);
      if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod, request);
      if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length) pod.spec.imagePullSecrets = account.imagePullSecrets;
    },
  };
}

async function accountOf(source: ObjectSource, request: AdmissionRequest, name: string): Promise<ServiceAccount> {
  const key = `${request.namespace}/${name}`;
  const account = source.get('serviceaccounts', key) ?? (await source.getFresh('serviceaccounts', key));
  if (account) return account;
  throw forbidden(PODS, request.name, `error looking up service account ${key}: serviceaccount ${JSON.stringify(name)} not found`);
}

/** Adds the volume, and mounts it where a container has nothing else mounted. A pod that brings such a volume keeps it. */
function mountToken(pod: PodObject, request: AdmissionRequest): void {
  const { spec } = pod;
  const brought = spec.volumes?.find((v) => v.name.startsWith(PREFIX))?.name;
  const name = brought ?? `${PREFIX}${suffixFor(pod, request)}`;
  let used = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some((m) => m.mountPath === MOUNT_PATH)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
    used = true;
  }
  if (used && !brought) spec.volumes = [...(spec.volumes ?? []), { name, projected: tokenSources() }];
}

/** Five characters that differ from pod to pod. They only have to be unique within the pod. */
function suffixFor(pod: PodObject, { namespace }: AdmissionRequest): string {
  const { name = '', generateName = '', uid = '' } = pod.metadata ?? {};
  const bytes = createHash('sha256').update(`${namespace}/${generateName}${name}${uid}`).digest();
  return Array.from(bytes.subarray(0, 5), (b) => ALPHABET[b % ALPHABET.length]).join('');
}

function tokenSources(): object {
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  return {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_LIFE, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [namespace] } },
    ],
    defaultMode: 420,
  };
}
