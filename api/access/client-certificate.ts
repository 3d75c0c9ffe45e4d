/** Users by client certificate: the common name is the user, organizations are the groups. */
import type { TLSSocket } from 'node:tls';
import { type UserInfo, withAuthenticated } from './user.ts';

/** `rejected`: a certificate was shown that our CA did not sign, or that has expired. */
export type CertificateOutcome = { user: UserInfo } | 'none' | 'rejected';

export function readClientCertificate(socket: TLSSocket): CertificateOutcome {
  const { subject } = socket.getPeerCertificate();
  if (!subject) return 'none';
  if (!socket.authorized) return 'rejected';
  const [name] = listOf(subject.CN);
  if (!name) return 'rejected';
  return { user: { name, groups: withAuthenticated(listOf(subject.O)) } };
}

/** Node gives a repeated attribute as a list. */
function listOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
