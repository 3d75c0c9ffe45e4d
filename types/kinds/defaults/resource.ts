/** Defaults of resource.k8s.io (dynamic resource allocation). */
import type { ResourceV1ResourceClaim, V1DeviceClaim, V1ResourceClaimTemplate } from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';

interface Request {
  allocationMode?: string;
  count?: number;
  tolerations?: { operator?: string }[];
}

function defaultRequest(request: Request | undefined): void {
  if (!request) return;
  request.allocationMode ??= 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ||= 1;
  for (const toleration of request.tolerations ?? []) toleration.operator ??= 'Equal';
}

function defaultDevices(devices: Wire<V1DeviceClaim> | undefined): void {
  for (const request of devices?.requests ?? []) {
    defaultRequest(request.exactly);
    for (const alternative of request.firstAvailable ?? []) defaultRequest(alternative);
  }
}

export function defaultResourceClaim({ spec }: Wire<ResourceV1ResourceClaim>): void {
  defaultDevices(spec?.devices);
}

export function defaultResourceClaimTemplate({ spec }: Wire<V1ResourceClaimTemplate>): void {
  defaultDevices(spec?.spec?.devices);
}
