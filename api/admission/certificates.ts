/**
 * Who may approve and sign certificates, and whose certificates nobody may ask for (k8s.io/kubernetes/plugin/pkg/admission/certificates). A
 * signer is a thing of its own: the right to change requests is not the right to decide on those of every signer.
 */
import type { AnyObject } from '../../types/wire.ts';
import { NOTHING } from '../access/attributes.ts';
import type { Authorizer } from '../access/authorizer.ts';
import { MASTERS, type UserInfo } from '../access/user.ts';
import { forbidden, type StatusError } from '../errors.ts';
import { equal } from '../patch/value.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';

const GROUP = 'certificates.k8s.io';
const REQUESTS = { group: GROUP, plural: 'certificatesigningrequests' };
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

interface SigningRequest extends AnyObject {
  spec?: { signerName?: string; request?: string };
  status?: { certificate?: string; conditions?: unknown[] };
}

const isRequest = ({ kind }: AdmissionRequest) => kind.storage === `${REQUESTS.plural}.${GROUP}`;

const refused = ({ name }: AdmissionRequest, why: string): StatusError => forbidden(REQUESTS, name, why);

/** Approval and denial need the verb `approve` on the signer. */
export function certificateApproval(authorize: Authorizer['authorize']): AdmissionStep {
  return {
    name: 'CertificateApproval',
    validate: (request) => {
      if (!isRequest(request) || request.subresource !== 'approval') return;
      const signer = signerOf(request.before);
      if (mayUse(authorize, request.user, 'approve', signer)) return;
      throw refused(request, `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`);
    },
  };
}

/** A certificate, or the word that signing failed, needs the verb `sign` on the signer. */
export function certificateSigning(authorize: Authorizer['authorize']): AdmissionStep {
  return {
    name: 'CertificateSigning',
    validate: (request) => {
      if (!isRequest(request) || request.subresource !== 'status') return;
      const now = (request.object as SigningRequest | undefined)?.status;
      const before = (request.before as SigningRequest | undefined)?.status;
      if (now?.certificate === before?.certificate && equal(now?.conditions ?? [], before?.conditions ?? [])) return;
      const signer = signerOf(request.before);
      if (mayUse(authorize, request.user, 'sign', signer)) return;
      throw refused(request, `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`);
    },
  };
}

/** Nobody becomes a system:masters by a client certificate that the cluster signs. */
export const certificateSubjectRestriction: AdmissionStep = {
  name: 'CertificateSubjectRestriction',
  validate: async (request) => {
    if (!isRequest(request) || request.operation !== 'CREATE' || request.subresource !== '') return;
    const { spec } = request.object as SigningRequest;
    if (spec?.signerName !== CLIENT_SIGNER) return;
    if ((await organizationsOf(request, spec.request ?? '')).includes(MASTERS)) {
      throw refused(request, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
    }
  },
};

const signerOf = (object: AnyObject | undefined) => (object as SigningRequest | undefined)?.spec?.signerName ?? '';

/** On the signer by its name, or on all of its domain (`example.com/*`). */
function mayUse(authorize: Authorizer['authorize'], user: UserInfo, verb: string, signer: string): boolean {
  const domain = signer.split('/', 1)[0] ?? '';
  return [signer, `${domain}/*`].some(
    (name) => authorize(user, { ...NOTHING, verb, group: GROUP, version: '*', resource: 'signers', name }).allowed,
  );
}

async function organizationsOf(request: AdmissionRequest, base64: string): Promise<string[]> {
  await import('reflect-metadata/lite');
  const { Pkcs10CertificateRequest } = await import('@peculiar/x509');
  try {
    return new Pkcs10CertificateRequest(Buffer.from(base64, 'base64').toString('latin1')).subjectName.getField('O');
  } catch (error) {
    throw refused(request, `failed to parse CSR: ${(error as Error).message}`);
  }
}
