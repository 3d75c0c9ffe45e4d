/** A CertificateSigningRequest says who made it; the client can't (k8s.io/kubernetes/pkg/registry/certificates: PrepareForCreate). */
import type { AdmissionStep } from './admission.ts';

export const requester: AdmissionStep = {
  name: 'CertificateSigningRequester',
  mutate: ({ operation, kind, subresource, object, before, user }) => {
    if (kind.storage !== 'certificatesigningrequests.certificates.k8s.io' || subresource !== '' || !object) return;
    if (operation === 'UPDATE') object.spec = before?.spec;
    if (operation !== 'CREATE') return;
    const { uid, extra } = user;
    const { uid: _uid, extra: _extra, ...spec } = object.spec as Record<string, unknown>;
    object.spec = { ...spec, username: user.name, ...(uid ? { uid } : {}), groups: [...user.groups], ...(extra ? { extra } : {}) };
  },
};
