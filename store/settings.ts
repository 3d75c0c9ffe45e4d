import type { Clock } from '../types/part/clock.ts';
import type { Log } from '../types/part/log.ts';

export interface StoreContext {
  clock: Clock;
  log: Log;
}

export interface StoreSettings {
  /** At least so many of the newest log entries of each resource are kept. Default 10,000. */
  logLength?: number;
  /** Milliseconds that a call waits for a lost connection to come back before it rejects with `StoreUnavailable`. Default 5,000. */
  patience?: number;
}

/** The settings with their defaults, as the drivers are given them. */
export function settingsOf(settings: StoreSettings): Required<StoreSettings> {
  return { logLength: settings.logLength ?? 10_000, patience: settings.patience ?? 5_000 };
}
