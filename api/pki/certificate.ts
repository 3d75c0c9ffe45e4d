/**
 * X.509 certificates of EC P-256 keys (RFC 5280), written with node:crypto alone: the first start of a cloud waits for these, and a
 * certificate library costs more to import than all of them cost to make.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { ipBytes } from './address.ts';
import { bitString, boolean, type Der, explicit, implicit, integer, octetString, oid, sequence, set, time, utf8String } from './der.ts';

export interface Subject {
  commonName: string;
  /** Kubernetes reads these as groups. */
  organizations?: string[];
}

export interface CertificateRequest {
  subject: Subject;
  issuer: Subject;
  publicKey: KeyObject;
  /** Whose public key goes with `signer`: equal to `publicKey` in a CA's own certificate. */
  issuerPublicKey: KeyObject;
  signer: KeyObject;
  /** Milliseconds since 1970. */
  notBefore: number;
  notAfter: number;
  usage: 'ca' | 'server' | 'client';
  /** Subject alternative names: DNS names and IP addresses. */
  hosts?: string[];
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const EXTENDED_USAGE = { server: oid('1.3.6.1.5.5.7.3.1'), client: oid('1.3.6.1.5.5.7.3.2') };

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export function keyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** A signed certificate in PEM. */
export function issue(request: CertificateRequest): string {
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_SHA256,
    distinguishedName(request.issuer),
    sequence(time(request.notBefore), time(request.notAfter)),
    distinguishedName(request.subject),
    spki(request.publicKey),
    explicit(3, sequence(...extensions(request))),
  );
  return toPem(sequence(body, ECDSA_SHA256, bitString(sign('sha256', body, request.signer))));
}

function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function distinguishedName({ commonName, organizations = [] }: Subject): Der {
  const attribute = (type: string, text: string) => set(sequence(oid(type), utf8String(text)));
  return sequence(...organizations.map((name) => attribute('2.5.4.10', name)), attribute('2.5.4.3', commonName));
}

const spki = (key: KeyObject): Buffer => publicOf(key).export({ type: 'spki', format: 'der' });

export function publicOf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key);
}

function extensions({ usage, publicKey, issuerPublicKey, hosts = [] }: CertificateRequest): Der[] {
  const list = [
    extension('2.5.29.19', usage === 'ca' ? sequence(boolean(true)) : sequence(), true),
    extension('2.5.29.15', keyUsage(usage), true),
  ];
  if (usage !== 'ca') list.push(extension('2.5.29.37', sequence(EXTENDED_USAGE[usage])));
  list.push(extension('2.5.29.14', octetString(keyId(publicKey))));
  list.push(extension('2.5.29.35', sequence(implicit(0, keyId(issuerPublicKey)))));
  if (hosts.length > 0) list.push(extension('2.5.29.17', sequence(...hosts.map(alternativeName))));
  return list;
}

function extension(id: string, value: Der, critical = false): Der {
  return critical ? sequence(oid(id), boolean(true), octetString(value)) : sequence(oid(id), octetString(value));
}

/** digitalSignature is bit 0, keyEncipherment 2, keyCertSign 5, cRLSign 6, counted from the left. */
function keyUsage(usage: CertificateRequest['usage']): Der {
  return usage === 'ca' ? bitString(Buffer.from([0b1000_0110]), 1) : bitString(Buffer.from([0b1010_0000]), 5);
}

const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest();

function alternativeName(host: string): Der {
  return isIP(host) ? implicit(7, ipBytes(host)) : implicit(2, Buffer.from(host));
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
