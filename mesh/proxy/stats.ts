/** The counters of everything that the proxy carries, as they are sent to the controller. */
import type { Stats } from '../push/protocol.ts';
import type { State } from './state.ts';

export function statsOf(state: State): Stats {
  const stats: Stats = { clusters: {}, rules: {} };
  for (const [name, { counters }] of state.clusters) stats.clusters[name] = counters;
  for (const { rules } of state.tables.values()) for (const { config, counters } of rules) stats.rules[config.name] = counters;
  return stats;
}
