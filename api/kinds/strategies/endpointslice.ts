/** EndpointSlices: labels count as part of what is wanted, since consumers select by them. */

import type { V1EndpointSlice } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import { dns1123Label, dns1123Subdomain } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, invalidEach, notSupported, required } from '../field-error.ts';
import { ipFaults } from '../rules/network.ts';
import { immutable } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Slice = Wire<V1EndpointSlice>;

export const endpointSliceStrategy: Strategy = {
  prepareForUpdate(object, before) {
    const generation = before.metadata?.generation ?? 0;
    if (!object.metadata || object.metadata.generation !== generation) return;
    if (!semanticallyEqual(object.metadata.labels, before.metadata?.labels)) object.metadata.generation = generation + 1;
  },
  validate: (object) => sliceFaults(object as Slice),
  validateUpdate: (object, before) => [
    ...sliceFaults(object as Slice),
    ...immutable((object as Slice).addressType, (before as Slice).addressType, 'addressType'),
  ],
};

const TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Loopback addresses are allowed, which Kubernetes refuses: simulated pods live on them. */
function sliceFaults({ addressType, endpoints, ports }: Slice): FieldError[] {
  const faults: FieldError[] = [];
  if (!addressType) faults.push(required('addressType'));
  else if (!TYPES.includes(addressType)) faults.push(notSupported('addressType', addressType, TYPES));
  for (const [i, { addresses, hostname }] of (endpoints ?? []).entries()) {
    const at = `endpoints[${i}]`;
    if (!addresses?.length) faults.push(required(`${at}.addresses`, 'must contain at least 1 address'));
    for (const [j, address] of (addresses ?? []).entries()) {
      const path = `${at}.addresses[${j}]`;
      if (addressType === 'FQDN') faults.push(...invalidEach(path, address, dns1123Subdomain(address)));
      else faults.push(...ipFaults(address, path));
    }
    if (hostname) faults.push(...invalidEach(`${at}.hostname`, hostname, dns1123Label(hostname)));
  }
  const names = new Set<string>();
  for (const [i, { name = '', protocol = '' }] of (ports ?? []).entries()) {
    const at = `ports[${i}]`;
    if (name) faults.push(...invalidEach(`${at}.name`, name, dns1123Label(name)));
    if (names.has(name)) faults.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (!PROTOCOLS.includes(protocol)) faults.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  }
  return faults;
}
