/** What must be settled before any process starts: addresses, port, certificates, kubeconfig, store. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiOptions, parseRange } from '../../api/options.ts';
import { writeKubeconfig } from '../../api/pki/kubeconfig.ts';
import { CLIENTS, ensurePki, type Pki } from '../../api/pki/pki.ts';
import type { Connection } from '../../client/connection.ts';
import { findRedis } from '../../store/redis/find.ts';
import { realClock } from '../../types/part/clock.ts';
import type { ParsedUp } from '../command-line.ts';
import type { ApiConfig } from '../parts/config.ts';
import { PARTS } from '../parts/table.ts';
import { type AddressBlock, takeAddresses } from './addresses.ts';
import { type Instance, recall, remember } from './instance.ts';
import { usablePort } from './port.ts';
import { chooseStore, type StoreChoice } from './store-choice.ts';

export interface Prepared {
  addresses: AddressBlock;
  port: number;
  server: string;
  /** Options of the parts that follow from the above, unless they were given. */
  derived: Record<string, Record<string, unknown>>;
  /** In the server's certificate. */
  hosts: string[];
  store: StoreChoice;
  pki: Pki;
}

export async function prepare(parsed: ParsedUp, instance: Instance): Promise<Prepared> {
  const { up, parts } = parsed;
  const remembered = recall(instance);
  const redis = up.redis || (up.store ? '' : (process.env.REDIS_URL ?? ''));
  const request = { ...(up.store && { store: up.store }), ...(redis && { redis }) };
  const store = chooseStore(request, remembered, redis || up.store === 'embedded' ? undefined : await findRedis());
  const host = String(parts.api?.['bind-address'] ?? '127.0.0.1');
  const port = await usablePort(up.port, host);
  const addresses = await takeAddresses(remembered?.block);
  const range = parsed.given.has('service-cluster-ip-range')
    ? (parts.api as ApiOptions)['service-cluster-ip-range']
    : parseRange(addresses.services);
  const server = `https://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const hosts = [host, addressText(range.first + 1), ...up['tls-san']];
  const pki = await ensurePki(instance.pki, { hosts, clock: realClock });
  writeKubeconfigs(instance, server, pki);
  const kept = { block: addresses.block, store: store.kind === 'embedded' ? ('embedded' as const) : ('redis' as const) };
  remember(instance, store.kind === 'external' ? { ...kept, redis: store.url } : kept);
  const derived = {
    api: { 'secure-port': port, 'service-cluster-ip-range': range },
    nodes: { 'pod-cidr': addresses.pods, 'machine-cidr': addresses.machines },
  };
  return { addresses, port, server, derived, hosts, store, pki };
}

/** The person's, and one for each component that somebody may want to run by themselves (`--only scheduler`, or the real kube-scheduler). */
function writeKubeconfigs(instance: Instance, server: string, pki: Pki): void {
  const ca = pki.ca.cert;
  writeKubeconfig(instance.kubeconfig, { server, ca, client: pki.clients.admin, user: CLIENTS.admin.commonName });
  mkdirSync(instance.kubeconfigs, { recursive: true, mode: 0o700 });
  for (const { identity } of Object.values(PARTS)) {
    if (!identity) continue;
    const file = join(instance.kubeconfigs, `${identity}.kubeconfig`);
    writeKubeconfig(file, { server, ca, client: pki.clients[identity], user: CLIENTS[identity].commonName });
  }
}

/** 0x7f100001 as 127.16.0.1. */
function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** How the parts reach the instance's own API: over its Unix socket, each with a token of its own identity, never as admin. */
export interface LocalAccess {
  api: ApiConfig['local'];
  connections: Map<string, Connection>;
}

export function localAccess(parts: string[], socket: string, { pki }: Prepared): LocalAccess {
  const access: LocalAccess = { api: { socket, users: [] }, connections: new Map() };
  for (const part of parts) {
    const identity = PARTS[part]?.identity;
    if (!identity) continue;
    const token = randomBytes(32).toString('base64url');
    access.api.users.push([token, { name: CLIENTS[identity].commonName, groups: ['system:authenticated'] }]);
    access.connections.set(part, { server: 'http://kumulus', socket, token, ca: pki.ca.cert });
  }
  return access;
}

export function adminConnection({ server, pki }: Prepared): Connection {
  return { server, ca: pki.ca.cert, cert: pki.clients.admin.cert, key: pki.clients.admin.key };
}

export const embeddedFile = (instance: Instance) => join(instance.dir, 'store.sqlite');
