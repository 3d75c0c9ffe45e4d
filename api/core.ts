/** What every verb of the API server works with. Made once at start (index.ts); nothing here is global. */
import type { Store } from '../store/store.ts';
import type { Clock } from '../types/part/clock.ts';
import type { Log } from '../types/part/log.ts';
import type { Random } from '../types/part/random.ts';
import type { Attributes } from './access/attributes.ts';
import type { UserInfo } from './access/user.ts';
import type { Admission } from './admission/admission.ts';
import type { ServiceAllocator } from './allocation/services.ts';
import type { KindTable } from './registry/kind-table.ts';
import type { WatchCaches } from './watch/caches.ts';

export interface Core {
  clock: Clock;
  random: Random;
  log: Log;
  /** Aborts when the server ends. */
  signal: AbortSignal;
  store: Store;
  kinds: KindTable;
  caches: WatchCaches;
  admission: Admission;
  services: ServiceAllocator;
  /** Of what a request does beyond what its path and method say. Throws 403. */
  authorize(user: UserInfo, attributes: Attributes): void;
}
