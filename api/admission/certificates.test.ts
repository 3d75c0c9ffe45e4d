import { expect, test } from 'vitest';
import { builtinKinds } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { Attributes } from '../access/attributes.ts';
import type { AdmissionRequest } from './admission.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts';

const kind = builtinKinds().find((one) => one.kind === 'CertificateSigningRequest');
if (!kind) throw new Error('no kind CertificateSigningRequest');

const csr = (status: object = {}, signerName = 'example.com/signer'): AnyObject => ({
  metadata: { name: 'r' },
  spec: { signerName, request: Buffer.from('no request').toString('base64') },
  status,
});

function request(operation: 'CREATE' | 'UPDATE', subresource: string, object: AnyObject, before?: AnyObject): AdmissionRequest {
  if (!kind) throw new Error('no kind');
  const user = { name: 'u', groups: [] };
  return { operation, kind, subresource, namespace: '', name: 'r', user, object, before, dryRun: false, warnings: [] };
}

/** Allows one verb on signers of one name. */
const allow = (verb: string, name: string) => (_user: unknown, asked: Attributes) => ({
  allowed: asked.resource === 'signers' && asked.verb === verb && asked.name === name,
  reason: '',
  detail: '',
});

const APPROVED = { conditions: [{ type: 'Approved', status: 'True' }] };

test.each([
  ['the signer', 'example.com/signer'],
  ['all of its domain', 'example.com/*'],
])('who has the verb on %s may approve', (_, name) => {
  const approval = request('UPDATE', 'approval', csr(APPROVED), csr());
  expect(() => certificateApproval(allow('approve', name)).validate?.(approval)).not.toThrow();
});

test('the right to another verb or signer does not do', () => {
  const approval = request('UPDATE', 'approval', csr(APPROVED), csr());
  const words = 'user not permitted to approve requests with signerName "example.com/signer"';
  expect(() => certificateApproval(allow('sign', 'example.com/signer')).validate?.(approval)).toThrow(words);
  expect(() => certificateApproval(allow('approve', 'example.com/other')).validate?.(approval)).toThrow(words);
});

test('a status that says nothing new needs no right to sign; a certificate does', () => {
  const step = certificateSigning(allow('sign', 'nobody/nothing'));
  expect(() => step.validate?.(request('UPDATE', 'status', csr(APPROVED), csr(APPROVED)))).not.toThrow();
  const signed = request('UPDATE', 'status', csr({ ...APPROVED, certificate: 'Zm9v' }), csr(APPROVED));
  expect(() => step.validate?.(signed)).toThrow('user not permitted to sign requests with signerName "example.com/signer"');
});

test('what is no request is refused for client certificates, and left to other signers', async () => {
  await expect(certificateSubjectRestriction.validate?.(request('CREATE', '', csr()))).resolves.toBeUndefined();
  const forClients = request('CREATE', '', csr({}, 'kubernetes.io/kube-apiserver-client'));
  await expect(certificateSubjectRestriction.validate?.(forClients)).rejects.toThrow('failed to parse CSR');
});
