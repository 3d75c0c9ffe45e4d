/** The cluster IPs and node ports of Services: taken before a Service is stored, given back when it no longer needs them. */
import type { V1Service } from '@kubernetes/client-node';
import type { Store } from '../../store/store.ts';
import type { Random } from '../../types/part/random.ts';
import type { AnyObject, Wire } from '../../types/wire.ts';
import { internal, invalid } from '../errors.ts';
import type { FieldError } from '../kinds/strategy.ts';
import type { AddressRange, PortRange } from '../options.ts';
import { addressAt, offsetOf } from './address.ts';
import { createPool, type Pool } from './pool.ts';

type Service = Wire<V1Service>;
type Spec = NonNullable<Service['spec']>;

/** What was taken for one write. */
export interface Allocation {
  /** The write is done: what only the state before needed is given back. */
  commit(): Promise<void>;
  /** The write was refused: what was taken is given back. */
  undo(): Promise<void>;
}

export interface ServiceAllocator {
  /** Fills in what the Service needs. Throws 422 for what is taken or out of range, 500 when nothing is left. */
  allocate(service: AnyObject, before: AnyObject | undefined): Promise<Allocation>;
  /** Gives back all that a deleted Service had. */
  release(service: AnyObject): Promise<void>;
  /** Gives back the addresses of a Service that was never stored: a server was killed between taking and storing. */
  forget(namespace: string, name: string): Promise<void>;
}

interface Held {
  /** Offset into the range. */
  address: number | undefined;
  ports: number[];
}

export function createServiceAllocator(store: Store, random: Random, range: AddressRange, ports: PortRange): ServiceAllocator {
  const reserved = Math.min(Math.max(16, Math.floor(range.size / 16)), 256);
  const addressPool = createPool(store, random, ADDRESSES, {
    first: 1,
    dynamic: Math.min(reserved, range.size - 2),
    last: range.size - 2,
  });
  const portPool = createPool(store, random, 'node-ports', { ...ports, dynamic: ports.first });

  const heldBy = (service: Service | undefined): Held => {
    const spec = service?.spec;
    const address = spec && needsAddress(spec) && spec.clusterIP ? offsetOf(range, spec.clusterIP) : undefined;
    const numbers = [...(spec?.ports ?? []).map((p) => p.nodePort), spec?.healthCheckNodePort].filter((n) => n !== undefined && n > 0);
    return { address, ports: [...new Set(numbers as number[])] };
  };

  const giveBack = async (held: Held, kept: Held, owner: string) => {
    if (held.address !== undefined && held.address !== kept.address) await addressPool.release(held.address, owner);
    await Promise.all(held.ports.filter((p) => !kept.ports.includes(p)).map((port) => portPool.release(port, owner)));
  };

  return {
    allocate: async (object, beforeObject) => {
      const service = object as Service;
      const before = heldBy(beforeObject as Service | undefined);
      const owner = ownerOf(object);
      const taken: Held = { address: undefined, ports: [] };
      const undo = () => giveBack(taken, before, owner);
      if (!service.spec) return NOTHING;
      try {
        await takeAddress(service, range, addressPool, owner, taken);
        await takePorts(service, ports, portPool, owner, taken);
      } catch (error) {
        await undo();
        throw error;
      }
      return { undo, commit: () => giveBack(before, heldBy(service), owner) };
    },
    forget: async (namespace, name) => {
      for (const [item, owner] of await store.claims(ADDRESSES)) {
        if (owner.startsWith(`${namespace}/${name}/`)) await addressPool.release(Number(item), owner);
      }
    },
    release: (object) => giveBack(heldBy(object as Service), { address: undefined, ports: [] }, ownerOf(object)),
  };
}

/** The store's pool of cluster IPs, as offsets into the range. */
const ADDRESSES = 'cluster-ips';
const NOTHING: Allocation = { commit: async () => {}, undo: async () => {} };
const ownerOf = ({ metadata }: AnyObject) => `${metadata?.namespace}/${metadata?.name}/${metadata?.uid}`;
const needsAddress = (spec: Spec) => spec.type !== 'ExternalName' && spec.clusterIP !== 'None' && spec.clusterIPs?.[0] !== 'None';
const refuse = (service: Service, fault: FieldError) => invalid({ group: '', kind: 'Service' }, service.metadata?.name ?? '', [fault]);

async function takeAddress(service: Service, range: AddressRange, pool: Pool, owner: string, taken: Held): Promise<void> {
  const spec = service.spec as Spec;
  if (spec.type === 'ExternalName') return;
  if (!needsAddress(spec)) {
    spec.clusterIP = 'None';
    spec.clusterIPs = ['None'];
    return;
  }
  const asked = spec.clusterIP || spec.clusterIPs?.[0];
  if (asked) taken.address = await takeNamedAddress(service, asked, range, pool, owner);
  else {
    taken.address = await pool.takeAny(owner);
    if (taken.address === undefined) throw internal('failed to allocate a serviceIP: range is full');
  }
  spec.clusterIP = addressAt(range, taken.address);
  spec.clusterIPs = [spec.clusterIP];
}

async function takeNamedAddress(service: Service, address: string, range: AddressRange, pool: Pool, owner: string): Promise<number> {
  const offset = offsetOf(range, address);
  const fault = (why: string): FieldError => {
    return { field: 'spec.clusterIPs', type: 'invalid', value: [address], detail: `failed to allocate IP ${address}: ${why}` };
  };
  if (offset === undefined || offset === 0 || offset === range.size - 1) {
    throw refuse(service, fault('the provided network does not match the current range'));
  }
  if (!(await pool.take(offset, owner))) throw refuse(service, fault('provided IP is already allocated'));
  return offset;
}

async function takePorts(service: Service, range: PortRange, pool: Pool, owner: string, taken: Held): Promise<void> {
  const spec = service.spec as Spec;
  const outside = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (!outside) return;
  const automatic = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !automatic) continue;
    port.nodePort = await takePort(service, `spec.ports[${i}].nodePort`, port.nodePort ?? 0, range, pool, owner);
    taken.ports.push(port.nodePort);
  }
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') {
    spec.healthCheckNodePort = await takePort(service, 'spec.healthCheckNodePort', spec.healthCheckNodePort ?? 0, range, pool, owner);
    taken.ports.push(spec.healthCheckNodePort);
  }
}

/** `asked` is 0 where any port will do. */
async function takePort(service: Service, field: string, asked: number, range: PortRange, pool: Pool, owner: string): Promise<number> {
  if (asked === 0) {
    const found = await pool.takeAny(owner);
    if (found === undefined) throw internal('failed to allocate a nodePort: range is full');
    return found;
  }
  if (asked < range.first || asked > range.last) {
    const detail = `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`;
    throw refuse(service, { field, type: 'invalid', value: asked, detail });
  }
  if (await pool.take(asked, owner)) return asked;
  throw refuse(service, { field, type: 'invalid', value: asked, detail: 'provided port is already allocated' });
}
