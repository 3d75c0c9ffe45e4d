/** Endpoints, which EndpointSlices have taken the place of. */
import type { V1Endpoints } from '@kubernetes/client-node';
import { dns1123Label, portNumber } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { invalidEach, required } from '../field-error.ts';
import { ipFaults } from '../rules/network.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Endpoints = Wire<V1Endpoints>;

export const endpointsStrategy: Strategy = {
  validate: (object) => subsetsFaults(object as Endpoints),
  validateUpdate: (object) => subsetsFaults(object as Endpoints),
};

/** Loopback addresses are allowed, which Kubernetes refuses: simulated pods live on them. */
function subsetsFaults({ subsets }: Endpoints): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, { addresses = [], notReadyAddresses = [], ports = [] }] of (subsets ?? []).entries()) {
    const at = `subsets[${i}]`;
    if (addresses.length + notReadyAddresses.length === 0) faults.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    for (const [j, { ip }] of addresses.entries()) faults.push(...ipFaults(ip, `${at}.addresses[${j}].ip`));
    for (const [j, { ip }] of notReadyAddresses.entries()) faults.push(...ipFaults(ip, `${at}.notReadyAddresses[${j}].ip`));
    for (const [j, { name, port }] of ports.entries()) {
      if (name) faults.push(...invalidEach(`${at}.ports[${j}].name`, name, dns1123Label(name)));
      else if (ports.length > 1) faults.push(required(`${at}.ports[${j}].name`));
      faults.push(...invalidEach(`${at}.ports[${j}].port`, port, portNumber(port)));
    }
  }
  return faults;
}
