/** A CertificateSigningRequest says who made it and when it was decided; a client can't (k8s.io/kubernetes/pkg/registry/certificates). */
import { type Clock, rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { AdmissionStep } from './admission.ts';

interface Condition {
  type: string;
  status: string;
  lastUpdateTime?: string | null;
  lastTransitionTime?: string | null;
}

export function requester(clock: Clock): AdmissionStep {
  return {
    name: 'CertificateSigningRequester',
    mutate: ({ operation, kind, subresource, object, before, user }) => {
      if (kind.storage !== 'certificatesigningrequests.certificates.k8s.io' || !object) return;
      if (operation === 'UPDATE') {
        if (subresource === '') object.spec = before?.spec;
        else setTimes(conditionsOf(object), conditionsOf(before), rfc3339(clock.now()));
      }
      if (operation !== 'CREATE') return;
      const { uid, extra } = user;
      const { uid: _uid, extra: _extra, ...spec } = object.spec as Record<string, unknown>;
      object.spec = { ...spec, username: user.name, ...(uid ? { uid } : {}), groups: [...user.groups], ...(extra ? { extra } : {}) };
    },
  };
}

const conditionsOf = (object: AnyObject | undefined) => (object?.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];

function setTimes(conditions: Condition[], before: Condition[], now: string): void {
  for (const condition of conditions) {
    condition.lastUpdateTime ||= now;
    const same = before.find((c) => c.type === condition.type && c.status === condition.status);
    condition.lastTransitionTime ||= same?.lastTransitionTime || now;
  }
}
