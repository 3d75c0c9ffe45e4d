/** Where the `kubernetes` Service leads: the address that this server listens on. Several servers are several endpoints. */
import type { AnyObject } from '../../types/wire.ts';
import { MASTERS } from '../access/user.ts';
import type { Core } from '../core.ts';
import { createObject } from '../verbs/create.ts';
import { guardedUpdate } from '../verbs/guarded-update.ts';
import { storedBytes } from '../verbs/write-context.ts';

const NAME = 'kubernetes';

interface Slice extends AnyObject {
  endpoints: { addresses: string[]; conditions: { ready: boolean } }[];
  ports: { name: string; port: number; protocol: string }[];
}

/** Resolves when the EndpointSlice says it. */
export async function announce(core: Core, address: string, port: number): Promise<void> {
  const kind = core.kinds.find('discovery.k8s.io', 'v1', 'endpointslices');
  if (!kind || address.includes(':')) return;
  const user = { name: 'system:apiserver', groups: [MASTERS] };
  const context = { core, kind, user, namespace: 'default', name: NAME, subresource: '', dryRun: false, warnings: [] };
  await guardedUpdate(context, `default/${NAME}`, async (current) => {
    const endpoint = { addresses: [address], conditions: { ready: true } };
    const ports = [{ name: 'https', port, protocol: 'TCP' }];
    if (!current) return { done: await createObject(context, newSlice([endpoint], ports)) };
    const slice = current.parse() as Slice;
    const others = slice.ports?.[0]?.port === port ? (slice.endpoints ?? []) : [];
    if (others.some((one) => one.addresses[0] === address)) return { keep: true };
    const changed: Slice = { ...slice, endpoints: [...others, endpoint], ports };
    return { type: 'update', value: storedBytes(kind, changed) };
  });
}

function newSlice(endpoints: Slice['endpoints'], ports: Slice['ports']): Slice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: NAME, namespace: 'default', labels: { 'kubernetes.io/service-name': NAME } },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}
