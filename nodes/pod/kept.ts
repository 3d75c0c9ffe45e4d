/** A pod as a host keeps it: its run, and what it holds of its host and of this process. */
import type { Pod } from '../../client/resources.ts';
import { type Amounts, add } from '../machine/amounts.ts';
import type { Host } from '../machine/host.ts';
import type { Addresses } from '../net/addresses.ts';
import type { Responder } from '../net/responder.ts';
import type { Behaviour } from './behaviour.ts';
import type { PodRun } from './run.ts';
import type { PodStatus } from './status.ts';

export interface Kept {
  uid: string;
  host: Host;
  behaviour: Behaviour;
  /** Undefined once it is over (or was refused): nothing runs, nothing is held. */
  run: PodRun | undefined;
  /** Counted in the host's `used`. */
  requests: Amounts | undefined;
  /** Ports that listen. */
  ports: Set<number>;
  /** The status in the API is behind the run. */
  dirty: boolean;
  /** Of a pod that was not admitted: the status that is to say so. */
  refusal: PodStatus | undefined;
  /** Its deletion was asked of the API. */
  buried: boolean;
}

export const sharesHostNetwork = (pod: Pod) => pod.spec?.hostNetwork === true;

/** Gives back all that the pod holds. Its address rests before another gets it. */
export function giveBack(kept: Kept, addresses: Addresses, responder: Responder): void {
  const address = kept.run?.address;
  if (address) for (const port of kept.ports) responder.close(address, port);
  kept.ports.clear();
  if (kept.requests) add(kept.host.used, kept.requests, -1);
  kept.requests = undefined;
  kept.run = undefined;
  addresses.release(kept.uid);
}
