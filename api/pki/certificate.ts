/** X.509 certificates, made by a library that is loaded when the first is needed: reading the files of an earlier start does without. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Extension, Name } from '@peculiar/x509';
import { PkiError } from './files.ts';

export interface Subject {
  commonName: string;
  /** Kubernetes reads these as groups. */
  organizations?: string[];
}

export interface CertificateRequest {
  /** Or the PEM of an earlier certificate, whose name is kept. */
  subject: Subject | string;
  /** The PEM of the CA's certificate; default: the certificate is its own issuer. */
  issuer?: string;
  publicKey: KeyObject;
  signer: KeyObject;
  /** Milliseconds since 1970. */
  notBefore: number;
  notAfter: number;
  usage: 'ca' | 'server' | 'client';
  /** Subject alternative names: DNS names and IP addresses. */
  hosts?: string[];
}

type Library = typeof import('@peculiar/x509');

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export function keyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** A signed certificate in PEM. Throws `PkiError` for a signer of a kind that can't be used. */
export async function issue(request: CertificateRequest): Promise<string> {
  const signingKey = request.signer.toCryptoKey(algorithmOf(request.signer), false, ['sign']);
  const x509 = await load();
  const { subject, notBefore, notAfter } = request;
  const name = typeof subject === 'string' ? new x509.X509Certificate(subject).subjectName : nameOf(x509, subject);
  const publicKey = request.publicKey.export({ type: 'spki', format: 'der' });
  const issuer = request.issuer === undefined ? undefined : new x509.X509Certificate(request.issuer);
  const ownId = await x509.SubjectKeyIdentifierExtension.create(publicKey);
  // The issuer's own word for its key counts: other tools compute it otherwise.
  const issuerId = issuer ? issuer.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId : ownId.keyId;
  const extensions = [...extensionsOf(x509, request), ownId];
  if (issuerId) extensions.push(new x509.AuthorityKeyIdentifierExtension(issuerId));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: issuer?.subjectName ?? name,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey,
    signingKey,
    extensions,
  });
  return `${certificate.toString('pem')}\n`;
}

/** The library finds its parts through a reflection interface that JavaScript does not have by itself. */
async function load(): Promise<Library> {
  await import('reflect-metadata/lite');
  return import('@peculiar/x509');
}

const CURVES: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** Keys that somebody put there by hand may be of other kinds than ours. */
function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): { name: string } {
  const namedCurve = CURVES[details?.namedCurve ?? ''];
  if (type === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as { name: string };
  if (type === 'ec' && namedCurve) return { name: 'ECDSA', namedCurve } as { name: string };
  throw new PkiError(`a CA's key has to be RSA, or EC on P-256, P-384 or P-521; this one is ${type} ${details?.namedCurve ?? ''}`.trim());
}

function nameOf({ Name }: Library, { commonName, organizations = [] }: Subject): Name {
  const text = (value: string) => [{ utf8String: value }];
  return new Name([...organizations.map((organization) => ({ O: text(organization) })), { CN: text(commonName) }]);
}

function extensionsOf(x509: Library, { usage, hosts = [] }: CertificateRequest): Extension[] {
  const { KeyUsageFlags: flags, ExtendedKeyUsage: extended } = x509;
  const ca = usage === 'ca';
  const uses = flags.digitalSignature | (ca ? flags.keyCertSign | flags.cRLSign : flags.keyEncipherment);
  const list: Extension[] = [new x509.BasicConstraintsExtension(ca, undefined, true), new x509.KeyUsagesExtension(uses, true)];
  if (!ca) list.push(new x509.ExtendedKeyUsageExtension([usage === 'server' ? extended.serverAuth : extended.clientAuth]));
  const names = hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host }));
  if (names.length > 0) list.push(new x509.SubjectAlternativeNameExtension(names));
  return list;
}
