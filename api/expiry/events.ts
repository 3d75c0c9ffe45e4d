/** Events are forgotten a while after they last happened (kube-apiserver's --event-ttl, which is a lease in etcd). */
import type { AnyObject } from '../../types/wire.ts';
import type { Core } from '../core.ts';

const SWEEP_MS = 60_000;

interface EventObject extends AnyObject {
  lastTimestamp?: string;
  eventTime?: string;
  series?: { lastObservedTime?: string };
}

/** Sweeps every minute until the server ends. `ttl` in ms. */
export function expireEvents(core: Core, ttl: number): void {
  const timer = core.clock.every(SWEEP_MS, () => {
    sweep(core, core.clock.now() - ttl).catch((error: unknown) => core.log.warn({ error }, 'expired events could not be deleted'));
  });
  timer.unref();
  core.signal.addEventListener('abort', () => timer.cancel(), { once: true });
}

/** Deletes the events that last happened before `until`. Another server may be faster: what is gone is gone. */
export async function sweep(core: Core, until: number): Promise<void> {
  const cache = core.caches.of('events');
  await cache.synced;
  const expired = [...cache.values()].filter((event) => lastSeen(event.parse()) < until);
  for (const { key, revision, value } of expired) {
    const result = await cache.store.write({ key, expect: revision, value, type: 'delete' });
    if (result.ok) cache.offer({ revision: result.revision, type: 'delete', key, value });
  }
}

/** In ms. */
function lastSeen(event: EventObject): number {
  const { lastTimestamp, eventTime, series, metadata } = event;
  const times = [lastTimestamp, eventTime, series?.lastObservedTime, metadata?.creationTimestamp].map((text) => Date.parse(text ?? ''));
  return Math.max(...times.filter((time) => !Number.isNaN(time)), 0);
}
