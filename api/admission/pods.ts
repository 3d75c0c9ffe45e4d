import type { AnyObject } from '../../types/wire.ts';
import type { AdmissionRequest } from './admission.ts';

/** The pod that is being created, or undefined when the request is about something else. */
export function createdPod(request: AdmissionRequest): PodObject | undefined {
  if (request.operation !== 'CREATE' || request.subresource !== '' || request.kind.storage !== 'pods') return undefined;
  return request.object as PodObject | undefined;
}

/** The pod that is being created or updated (not through a subresource). */
export function writtenPod(request: AdmissionRequest): PodObject | undefined {
  if (request.operation === 'DELETE' || request.subresource !== '' || request.kind.storage !== 'pods') return undefined;
  return request.object as PodObject | undefined;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface PodContainer extends Record<string, unknown> {
  volumeMounts?: { name: string; readOnly?: boolean; mountPath: string }[];
}

export interface PodObject extends AnyObject {
  spec: {
    serviceAccountName?: string;
    serviceAccount?: string;
    automountServiceAccountToken?: boolean;
    imagePullSecrets?: { name?: string }[];
    priorityClassName?: string;
    priority?: number;
    preemptionPolicy?: string;
    tolerations?: Toleration[];
    volumes?: ({ name: string } & Record<string, unknown>)[];
    initContainers?: PodContainer[];
    containers: PodContainer[];
  };
}
