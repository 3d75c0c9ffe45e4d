/**
 * What the controller and a proxy say to each other over a Unix socket: one JSON value a line. The proxy opens with `hello`; the controller
 * pushes what the proxy lacks; the proxy answers each push with what it took and what it refused.
 */

import type { ResourceConfig } from '../config/resource.ts';
import type { Counters } from '../proxy/counters.ts';

/** A resource as it is sent. The version is a hash of the content, so that it says the same after a restart of either side. */
export interface Versioned {
  version: string;
  resource: ResourceConfig;
}

/** A listener that could not listen on one of its addresses. */
export interface Problem {
  /** `namespace/service` */
  service: string;
  reason: string;
}

export interface Stats {
  /** By `namespace/service:port`. */
  clusters: Record<string, Counters>;
  /** By `namespace/route/index`. */
  rules: Record<string, Counters>;
}

export type FromController =
  /** `number` counts the pushes of this connection. `remove` holds ids (`type/name`). */
  { type: 'push'; number: number; set: Versioned[]; remove: string[] } | { type: 'stats'; number: number };

export type FromProxy =
  /** `versions`: what the proxy already carries, by id. */
  | { type: 'hello'; proxy: string; versions: Record<string, string> }
  /** Everything of the push was taken but what is refused, of which the last good version is kept. */
  | { type: 'answer'; number: number; refused: { id: string; version: string; reason: string }[]; problems: Problem[] }
  /** The listeners' problems have changed. */
  | { type: 'problems'; problems: Problem[] }
  | { type: 'stats'; number: number; stats: Stats };
