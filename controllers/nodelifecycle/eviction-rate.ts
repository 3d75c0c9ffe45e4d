/**
 * How fast machines' pods may be evicted, zone by zone. When many machines of a zone fall silent at once it is likelier that we have gone deaf
 * than that all have died, and moving everything would do more harm than waiting.
 */
import type { Node } from '../../client/resources.ts';
import { nodeCondition } from './health.ts';

export interface Rates {
  /** Machines a second. */
  normal: number;
  /** In a zone that is not healthy, if the cluster is large; else none. */
  unhealthy: number;
  unhealthyShare: number;
  largeCluster: number;
}

type ZoneState = 'normal' | 'partly' | 'all';

interface Zone {
  /** Machines a second. */
  rate: number;
  /** When (monotonic) the next machine may be evicted. */
  next: number;
}

export interface EvictionRates {
  /** Looks at all machines anew. */
  measure(nodes: Iterable<Node>): void;
  /** True: the machine's pods may be evicted now. `now` is monotonic, in ms. */
  take(node: Node, now: number): boolean;
}

const zoneOf = ({ metadata }: Node) =>
  `${metadata?.labels?.['topology.kubernetes.io/region'] ?? ''}/${metadata?.labels?.['topology.kubernetes.io/zone'] ?? ''}`;

export function createEvictionRates(rates: Rates): EvictionRates {
  const zones = new Map<string, Zone>();
  const zoneNamed = (name: string) => {
    const zone = zones.get(name) ?? { rate: rates.normal, next: Number.NEGATIVE_INFINITY };
    zones.set(name, zone);
    return zone;
  };
  return {
    measure: (nodes) => {
      const counts = countByZone(nodes);
      const states = new Map([...counts].map(([name, count]) => [name, stateOf(count, rates)]));
      const allDown = [...states.values()].every((state) => state === 'all');
      for (const [name, { ready, silent }] of counts) {
        zoneNamed(name).rate = allDown ? 0 : rateOf(states.get(name) ?? 'normal', ready + silent, rates);
      }
    },
    take: (node, now) => {
      const zone = zoneNamed(zoneOf(node));
      if (zone.rate === 0 || now < zone.next) return false;
      zone.next = now + 1000 / zone.rate;
      return true;
    },
  };
}

interface Count {
  ready: number;
  silent: number;
}

function countByZone(nodes: Iterable<Node>): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const node of nodes) {
    const count = counts.get(zoneOf(node)) ?? { ready: 0, silent: 0 };
    counts.set(zoneOf(node), count);
    if (nodeCondition(node, 'Ready')?.status === 'True') count.ready++;
    else count.silent++;
  }
  return counts;
}

function stateOf({ ready, silent }: Count, { unhealthyShare }: Rates): ZoneState {
  if (ready === 0 && silent > 0) return 'all';
  return silent > 2 && silent / (silent + ready) >= unhealthyShare ? 'partly' : 'normal';
}

function rateOf(state: ZoneState, size: number, rates: Rates): number {
  if (state !== 'partly') return rates.normal;
  return size > rates.largeCluster ? rates.unhealthy : 0;
}
