import { type StoreContext, type StoreSettings, settingsOf } from './settings.ts';
import type { Store } from './store.ts';

/** Where the objects are kept. */
export type StoreLocation =
  | {
      kind: 'redis';
      /** `redis://`, `rediss://` (TLS), or `unix://` with the absolute path of a socket. */
      url: string;
    }
  | {
      kind: 'embedded';
      /** The database file; its directory must exist. One process at a time can have it open. */
      file: string;
    };

/** Opens a store; rejects with a sentence for the user when it can't be. A driver's library is loaded only when it is chosen. */
export async function openStore(location: StoreLocation, context: StoreContext, settings: StoreSettings = {}): Promise<Store> {
  if (location.kind === 'redis') {
    const { openRedis } = await import('./redis/store.ts');
    return openRedis(location.url, context, settingsOf(settings));
  }
  const { openEmbedded } = await import('./embedded/store.ts');
  return openEmbedded(location.file, context, settingsOf(settings));
}
