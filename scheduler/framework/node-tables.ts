/** The tables of the shapes that were asked for last, within a bounded number of entries. */
import type { Cluster } from '../cache/cluster.ts';
import type { PodClass } from '../cache/pod-class.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { NodeTable } from './node-table.ts';
import { perClass } from './plugin.ts';
import type { Profile, Refusals } from './profile.ts';

/** Nodes times shapes; an entry takes 10 to 20 bytes. */
const MOST_ENTRIES = 2_000_000;
const FEWEST_TABLES = 16;

export class NodeTables {
  readonly #tables = new Map<string, NodeTable>();
  readonly #profile: Profile;
  readonly #refusals: Refusals;
  readonly #shapeOf: (podClass: PodClass) => string;

  constructor(profile: Profile, refusals: Refusals) {
    this.#profile = profile;
    this.#refusals = refusals;
    const shaped = profile.plugins.filter((plugin) => plugin.shape);
    this.#shapeOf = perClass((podClass) => JSON.stringify(shaped.map((plugin) => plugin.shape?.(podClass))));
  }

  /** The table for the pod's shape, up to date. */
  for(pod: PodInfo, cluster: Cluster): NodeTable {
    const shape = this.#shapeOf(pod.podClass);
    const table = this.#tables.get(shape) ?? new NodeTable();
    // Taken out and put back: a Map remembers the order, so the first entry is the one not asked for the longest.
    this.#tables.delete(shape);
    this.#tables.set(shape, table);
    const room = Math.max(FEWEST_TABLES, Math.floor(MOST_ENTRIES / Math.max(cluster.nodes.count, 1)));
    if (this.#tables.size > room) {
      const [oldest] = this.#tables.keys();
      if (oldest !== undefined) this.#tables.delete(oldest);
    }
    table.refresh(pod, cluster, this.#profile, this.#refusals);
    return table;
  }
}
