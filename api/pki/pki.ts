/**
 * The keys and certificates of one cloud, made at the first start and kept in a directory:
 *
 *     ca.crt ca.key                  signs the rest; ten years
 *     server.crt server.key          the API server's
 *     <client>.crt <client>.key      one for the person and one for each component: CN is the user, O are the groups
 *     sa.key                         signs ServiceAccount tokens
 *
 * A key is written before its certificate and both are written whole, so a kill at any moment leaves what the next start completes.
 */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../types/part/clock.ts';
import { canonicalIp } from './address.ts';
import { issue, keyToPem, newKey, type Subject } from './certificate.ts';
import { createPrivate, makePrivateDir, PkiError, readIfThere, writePrivate } from './files.ts';

export interface KeyPair {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8 unless somebody put another there. */
  key: string;
  certFile: string;
  keyFile: string;
}

/** Who gets a client certificate. */
export const CLIENTS = {
  admin: { commonName: 'kubernetes-admin', organizations: ['system:masters'] },
  scheduler: { commonName: 'system:kube-scheduler' },
  'controller-manager': { commonName: 'system:kube-controller-manager' },
  nodes: { commonName: 'system:kumulus:nodes' },
  mesh: { commonName: 'system:kumulus:mesh' },
} satisfies Record<string, Subject>;

export type ClientName = keyof typeof CLIENTS;

export interface Pki {
  ca: KeyPair;
  server: KeyPair;
  clients: Record<ClientName, KeyPair>;
  /** Signs ServiceAccount tokens (ES256). */
  serviceAccountKey: KeyObject;
}

export interface PkiOptions {
  /** Names and addresses that the server is reached under, beyond `STANDARD_HOSTS`: the `kubernetes` Service's IP, the bind address. */
  hosts: string[];
  clock: Clock;
}

/** What every API server of Kubernetes answers to. */
export const STANDARD_HOSTS = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  '127.0.0.1',
  '::1',
];

const DAY = 86_400_000;
const CA_LIFE = 3650 * DAY;
const LEAF_LIFE = 365 * DAY;
/** A certificate with less than this left is made anew. */
const RENEW_BEFORE = 30 * DAY;
/** Clocks of clients may be a little behind. */
const BACKDATE = 5 * 60_000;
const CA_SUBJECT: Subject = { commonName: 'kumulus-ca' };

interface Made extends KeyPair {
  privateKey: KeyObject;
  certificate: X509Certificate;
}

/** Reads what is there, and makes or renews what is missing, about to expire, or out of step with the CA and the hosts. Throws `PkiError`. */
export async function ensurePki(dir: string, { hosts, clock }: PkiOptions): Promise<Pki> {
  makePrivateDir(dir);
  const now = clock.now();
  const ca = await ensureCa(dir, now);
  const names = [...new Set([...STANDARD_HOSTS, ...hosts])];
  const [server, ...clients] = await Promise.all([
    ensureLeaf(dir, 'server', { commonName: 'kube-apiserver' }, ca, now, names),
    ...Object.entries(CLIENTS).map(([name, subject]) => ensureLeaf(dir, name, subject, ca, now)),
  ]);
  const byName = Object.keys(CLIENTS).map((name, i) => [name, pairOf(clients[i] as Made)]);
  return {
    ca: pairOf(ca),
    server: pairOf(server),
    clients: Object.fromEntries(byName) as Record<ClientName, KeyPair>,
    serviceAccountKey: ensureKey(join(dir, 'sa.key')).privateKey,
  };
}

const pairOf = ({ cert, key, certFile, keyFile }: Made): KeyPair => ({ cert, key, certFile, keyFile });

async function ensureCa(dir: string, now: number): Promise<Made> {
  const certFile = join(dir, 'ca.crt');
  const keyFile = join(dir, 'ca.key');
  const before = readCertificate(certFile);
  if (before && readIfThere(keyFile) === undefined) {
    throw new PkiError(`${keyFile} is missing while ${certFile} is there. Put the key back, or delete ${dir} to begin with a new CA.`);
  }
  const { privateKey, key } = ensureKey(keyFile);
  if (before && !before.certificate.checkPrivateKey(privateKey)) {
    throw new PkiError(`${certFile} does not belong to ${keyFile}. Put the right pair back, or delete ${dir} to begin with a new CA.`);
  }
  if (before && lasts(before.certificate, now)) return { ...before, key, certFile, keyFile, privateKey };
  const cert = await issue({
    subject: before?.cert ?? CA_SUBJECT,
    publicKey: createPublicKey(key),
    signer: privateKey,
    notBefore: now - BACKDATE,
    notAfter: now + CA_LIFE,
    usage: 'ca',
  });
  writePrivate(certFile, cert);
  return { cert, key, certFile, keyFile, privateKey, certificate: new X509Certificate(cert) };
}

/** A certificate for a server when there are hosts, else for a client. */
async function ensureLeaf(dir: string, name: string, subject: Subject, ca: Made, now: number, hosts: string[] = []): Promise<Made> {
  const certFile = join(dir, `${name}.crt`);
  const keyFile = join(dir, `${name}.key`);
  const { privateKey, key } = ensureKey(keyFile);
  const before = readCertificate(certFile);
  if (before && lasts(before.certificate, now) && isOurs(before.certificate, privateKey, ca) && covers(before.certificate, hosts)) {
    return { ...before, key, certFile, keyFile, privateKey };
  }
  const cert = await issue({
    subject,
    issuer: ca.cert,
    publicKey: createPublicKey(key),
    signer: ca.privateKey,
    notBefore: now - BACKDATE,
    notAfter: now + LEAF_LIFE,
    usage: hosts.length > 0 ? 'server' : 'client',
    hosts,
  });
  writePrivate(certFile, cert);
  return { cert, key, certFile, keyFile, privateKey, certificate: new X509Certificate(cert) };
}

const lasts = (certificate: X509Certificate, now: number) =>
  certificate.validToDate.getTime() - now > RENEW_BEFORE && certificate.validFromDate.getTime() <= now;

const isOurs = (certificate: X509Certificate, key: KeyObject, ca: Made) =>
  certificate.checkPrivateKey(key) && certificate.checkIssued(ca.certificate) && certificate.verify(ca.certificate.publicKey);

function covers(certificate: X509Certificate, hosts: string[]): boolean {
  const named = (certificate.subjectAltName ?? '').toLowerCase().split(', ').filter(Boolean).sort();
  const wanted = hosts.map((host) => (isIP(host) ? `ip address:${canonicalIp(host)}` : `dns:${host.toLowerCase()}`)).sort();
  return named.join() === wanted.join();
}

function readCertificate(file: string): { cert: string; certificate: X509Certificate } | undefined {
  const cert = readIfThere(file);
  if (cert === undefined) return undefined;
  try {
    return { cert, certificate: new X509Certificate(cert) };
  } catch {
    throw new PkiError(`${file} is not a PEM certificate. Restore it, or delete it to have a new one made.`);
  }
}

function ensureKey(file: string): { key: string; privateKey: KeyObject } {
  const before = readIfThere(file);
  if (before !== undefined) return { key: before, privateKey: parseKey(file, before) };
  const privateKey = newKey();
  const key = keyToPem(privateKey);
  return createPrivate(file, key) ? { key, privateKey } : ensureKey(file);
}

function parseKey(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new PkiError(`${file} is not a PEM private key. Restore it, or delete it and the certificate beside it to have new ones made.`);
  }
}
