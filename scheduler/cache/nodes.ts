/**
 * Nodes by slot: every node has a number, and what is asked of it again and again lies in flat arrays under that number. A journal of the
 * slots that changed lets those who keep results by node bring them up to date without looking at all nodes.
 */
import type { Node } from '../../client/resources.ts';
import { milliValue, wholeValue } from '../../types/quantity.ts';
import type { HostPort } from './pod-class.ts';
import type { PodInfo } from './pod-info.ts';
import { CPU, type ResourceNames } from './resources.ts';
import type { Labels } from './selector.ts';
import { grown, Topology } from './topology.ts';

export type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

export interface NodeInfo {
  readonly slot: number;
  readonly name: string;
  node: Node;
  labels: Labels;
  taints: readonly Taint[];
  unschedulable: boolean;
  readonly pods: Set<PodInfo>;
  /** Host ports in use. */
  readonly ports: HostPort[];
  /** Bytes of the images that are on the node, by name. */
  images: ReadonlyMap<string, number>;
}

/** Entries of the journal. The last half can be read; the rest is room for entries that are taken back. */
const JOURNAL = 1 << 15;
const NO_TAINTS: readonly Taint[] = [];

export class Nodes {
  readonly resources: ResourceNames;
  /** By slot; a hole where there is no node. */
  readonly at: (NodeInfo | undefined)[] = [];
  readonly bySlotOf = new Map<string, number>();
  /** By column, then by slot: what a node has to give, and what its pods ask for. */
  readonly allocatable: Float64Array[] = [];
  readonly requested: Float64Array[] = [];
  /** What the pods are assumed to need (cpu and memory with defaults), by column, then by slot. */
  readonly assumed: Float64Array[] = [];
  allowedPods = new Int32Array(0);
  podCount = new Int32Array(0);
  /** Raised by every change of any slot. */
  sequence = 0;
  readonly #journal = new Int32Array(JOURNAL);
  readonly #topologies = new Map<string, Topology>();
  readonly #free: number[] = [];

  constructor(resources: ResourceNames) {
    this.resources = resources;
  }

  get count(): number {
    return this.bySlotOf.size;
  }

  get slots(): Iterable<number> {
    return this.bySlotOf.values();
  }

  get(name: string): NodeInfo | undefined {
    const slot = this.bySlotOf.get(name);
    return slot === undefined ? undefined : this.at[slot];
  }

  topology(key: string): Topology {
    const known = this.#topologies.get(key);
    if (known) return known;
    const topology = new Topology(key);
    topology.reserve(this.at.length);
    for (const slot of this.slots) topology.enter(slot, this.at[slot]?.labels[key]);
    this.#topologies.set(key, topology);
    return topology;
  }

  add(name: string, node: Node): NodeInfo {
    const slot = this.#free.pop() ?? this.at.length;
    const info: NodeInfo = {
      slot,
      name,
      node,
      labels: {},
      taints: NO_TAINTS,
      unschedulable: false,
      pods: new Set(),
      ports: [],
      images: new Map(),
    };
    this.at[slot] = info;
    this.bySlotOf.set(name, slot);
    this.#reserve(slot + 1);
    return info;
  }

  /** Takes in a node's description. */
  describe(info: NodeInfo, node: Node): void {
    info.node = node;
    info.labels = node.metadata?.labels ?? {};
    info.taints = node.spec?.taints ?? NO_TAINTS;
    info.unschedulable = node.spec?.unschedulable ?? false;
    info.images = imagesOf(node);
    for (const topology of this.#topologies.values()) topology.enter(info.slot, info.labels[topology.key]);
    for (const column of this.allocatable) column[info.slot] = 0;
    this.allowedPods[info.slot] = 0;
    for (const [name, quantity] of Object.entries(node.status?.allocatable ?? {})) this.#allocate(info.slot, name, quantity);
    this.changed(info.slot);
  }

  /** Undoes what `describe` entered by label; to be called before the next `describe` or `remove`. */
  forget(info: NodeInfo): void {
    for (const topology of this.#topologies.values()) topology.leave(info.slot);
  }

  remove(info: NodeInfo): void {
    const { slot } = info;
    this.at[slot] = undefined;
    this.bySlotOf.delete(info.name);
    for (const columns of [this.allocatable, this.requested, this.assumed]) for (const column of columns) column[slot] = 0;
    this.podCount[slot] = 0;
    this.allowedPods[slot] = 0;
    this.#free.push(slot);
    this.changed(slot);
  }

  /** The pod's requests are added to (or taken off) its node's. */
  charge(info: NodeInfo, pod: PodInfo, sign: 1 | -1): void {
    const { slot } = info;
    for (const [column, amount] of pod.podClass.requests)
      this.#column(this.requested, column)[slot] = (this.#column(this.requested, column)[slot] as number) + sign * amount;
    for (const [column, amount] of pod.podClass.assumedRequests)
      this.#column(this.assumed, column)[slot] = (this.#column(this.assumed, column)[slot] as number) + sign * amount;
    this.podCount[slot] = (this.podCount[slot] as number) + sign;
    this.changed(slot);
  }

  changed(slot: number): void {
    this.#journal[this.sequence++ % JOURNAL] = slot;
  }

  /** Calls `visit` with every slot changed since `sequence`, some of them several times; `false` if that is too long ago to tell. */
  since(sequence: number, visit: (slot: number) => void): boolean {
    if (this.sequence - sequence > JOURNAL / 2) return false;
    for (let at = sequence; at < this.sequence; at++) visit(this.#journal[at % JOURNAL] as number);
    return true;
  }

  /** Runs what changes nodes and changes them back: nobody need look at them again. */
  unchanged<T>(trial: () => T): T {
    const before = this.sequence;
    const result = trial();
    if (this.sequence - before < JOURNAL / 2) this.sequence = before;
    return result;
  }

  /** An amount by column and slot; 0 where nothing was ever stated. */
  static amount(columns: Float64Array[], column: number, slot: number): number {
    return columns[column]?.[slot] ?? 0;
  }

  #allocate(slot: number, name: string, quantity: string): void {
    if (name === 'pods') this.allowedPods[slot] = wholeValue(quantity);
    else {
      const column = this.resources.column(name);
      this.#column(this.allocatable, column)[slot] = column === CPU ? milliValue(quantity) : wholeValue(quantity);
    }
  }

  #column(columns: Float64Array[], column: number): Float64Array {
    while (columns.length <= column) columns.push(new Float64Array(0));
    const array = grown(columns[column] as Float64Array, this.at.length);
    columns[column] = array;
    return array;
  }

  #reserve(slots: number): void {
    for (const columns of [this.allocatable, this.requested, this.assumed]) {
      for (const [column, array] of columns.entries()) columns[column] = grown(array, slots);
    }
    this.allowedPods = grown(this.allowedPods, slots);
    this.podCount = grown(this.podCount, slots);
    for (const topology of this.#topologies.values()) topology.reserve(slots);
  }
}

function imagesOf(node: Node): Map<string, number> {
  const images = new Map<string, number>();
  for (const image of node.status?.images ?? []) for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0);
  return images;
}
