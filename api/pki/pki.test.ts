import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, realClock } from '../../types/part/clock.ts';
import { issue } from './certificate.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { ensurePki } from './pki.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kumulus-pki-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const at = (ms: number): Clock => ({ ...realClock, now: () => ms });
const START = 1_800_000_000_000;
const DAY = 86_400_000;
/** Begins with `EC PRIVATE KEY`, as Helm's `genCAWithKey` has it. */
const ecKey = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'sec1', format: 'pem' }) as string;
const options = (hosts: string[] = ['127.16.0.1'], now = START) => ({ hosts, clock: at(now) });

test('makes everything once and reads it afterwards', async () => {
  const first = await ensurePki(dir, options());
  const second = await ensurePki(dir, options());
  expect(second.server).toEqual(first.server);
  expect(second.clients).toEqual(first.clients);
  expect(second.serviceAccountKey.equals(first.serviceAccountKey)).toBe(true);
});

test('files are private', async () => {
  await ensurePki(dir, options());
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  for (const file of ['ca.key', 'ca.crt', 'server.key', 'admin.key', 'sa.key']) expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
});

test('the certificates say who and for what', async () => {
  const pki = await ensurePki(dir, options(['127.16.0.1', 'cloud.example', 'fe80::1:2']));
  const server = new X509Certificate(pki.server.cert);
  expect(server.subjectAltName).toContain('DNS:kubernetes.default.svc.cluster.local');
  expect(server.checkIP('127.16.0.1')).toBe('127.16.0.1');
  expect(server.checkIP('fe80::1:2')).toBe('fe80::1:2');
  expect(server.checkHost('cloud.example')).toBe('cloud.example');
  const ca = new X509Certificate(pki.ca.cert);
  expect(ca.ca).toBe(true);
  expect(server.checkIssued(ca)).toBe(true);
  expect(new X509Certificate(pki.clients.admin.cert).subject).toBe('O=system:masters\nCN=kubernetes-admin');
  expect(new X509Certificate(pki.clients.scheduler.cert).subject).toBe('CN=system:kube-scheduler');
});

test('TLS with client certificates works on them', async () => {
  const pki = await ensurePki(dir, { hosts: [], clock: realClock });
  const server = createServer({ ca: pki.ca.cert, cert: pki.server.cert, key: pki.server.key, requestCert: true }, (socket) => {
    socket.end(`${socket.authorized} ${socket.getPeerCertificate().subject.CN}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { cert, key } = pki.clients.mesh;
  const socket = connect({ port, host: '127.0.0.1', ca: pki.ca.cert, cert, key, servername: 'localhost' });
  const said = await new Promise<string>((resolve, reject) => socket.once('data', (d) => resolve(d.toString())).once('error', reject));
  expect(said).toBe('true system:kumulus:mesh');
  socket.destroy();
  server.close();
});

test('renews what is about to expire, and what other hosts ask for', async () => {
  const first = await ensurePki(dir, options());
  const moved = await ensurePki(dir, options(['127.32.0.1']));
  expect(moved.server.cert).not.toBe(first.server.cert);
  expect(moved.clients).toEqual(first.clients);
  const later = await ensurePki(dir, options(['127.32.0.1'], START + 340 * DAY));
  expect(later.clients.admin.cert).not.toBe(first.clients.admin.cert);
  expect(later.clients.admin.key).toBe(first.clients.admin.key);
  expect(later.ca.cert).toBe(first.ca.cert);
  const muchLater = await ensurePki(dir, options(['127.32.0.1'], START + 3640 * DAY));
  expect(new X509Certificate(first.server.cert).verify(new X509Certificate(muchLater.ca.cert).publicKey)).toBe(true);
});

test('completes what a kill left half done', async () => {
  const first = await ensurePki(dir, options());
  unlinkSync(join(dir, 'ca.crt'));
  unlinkSync(join(dir, 'nodes.crt'));
  const second = await ensurePki(dir, options());
  expect(second.server).toEqual(first.server);
  expect(new X509Certificate(second.clients.nodes.cert).verify(new X509Certificate(second.ca.cert).publicKey)).toBe(true);
});

test.each([
  ['ca.crt', 'not a PEM certificate'],
  ['server.crt', 'not a PEM certificate'],
  ['sa.key', 'not a PEM private key'],
])('says which file is broken: %s', async (file, why) => {
  await ensurePki(dir, options());
  writeFileSync(join(dir, file), 'nonsense');
  await expect(ensurePki(dir, options())).rejects.toThrow(`${join(dir, file)} is ${why}`);
});

test.each<[name: string, pem: () => string]>([
  ['EC P-256', () => ecKey('P-256')],
  ['EC P-384', () => ecKey('P-384')],
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }) as string],
])("signs with somebody else's CA: %s", async (_, pem) => {
  const key = pem();
  const signer = createPrivateKey(key);
  const theirs = { subject: { commonName: 'their-ca', organizations: ['them'] }, usage: 'ca' as const, publicKey: createPublicKey(key) };
  const cert = await issue({ ...theirs, signer, notBefore: START, notAfter: START + 3650 * DAY });
  writeFileSync(join(dir, 'ca.key'), key);
  writeFileSync(join(dir, 'ca.crt'), cert);
  const pki = await ensurePki(dir, options());
  expect(pki.ca).toMatchObject({ cert, key });
  for (const { cert: leaf } of [pki.server, ...Object.values(pki.clients)]) {
    expect(new X509Certificate(leaf).issuer).toBe('O=them\nCN=their-ca');
    expect(new X509Certificate(leaf).checkIssued(new X509Certificate(cert))).toBe(true);
    expect(new X509Certificate(leaf).verify(createPublicKey(key))).toBe(true);
  }
  expect((await ensurePki(dir, options())).server).toEqual(pki.server);
});

test('says that the CA key is missing', async () => {
  await ensurePki(dir, options());
  unlinkSync(join(dir, 'ca.key'));
  await expect(ensurePki(dir, options())).rejects.toThrow('ca.key is missing');
});

test('a kubeconfig is private and names the server', async () => {
  const pki = await ensurePki(dir, options());
  const file = join(dir, 'sub', 'kubeconfig');
  writeKubeconfig(file, { server: 'https://127.0.0.1:6443', ca: pki.ca.cert, client: pki.clients.admin, user: 'kubernetes-admin' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain('server: "https://127.0.0.1:6443"');
});
