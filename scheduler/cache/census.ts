/**
 * The census counts, for every node, the pods of which something holds ("is selected by app=web", "carries this anti-affinity term"), and
 * sums the counts over the domains of a topology (the zones, the hosts). Counts are kept as pods come and go, so that a decision never walks
 * over pods: a pod's class knows its counters, and a pod that moves touches only those.
 */
import type { PodClass } from './pod-class.ts';
import type { PodInfo } from './pod-info.ts';
import { grown, type Topology } from './topology.ts';

/** Sums of a counter by domain, over the nodes that are eligible. */
export class Domains {
  readonly topology: Topology;
  /** Pods by domain (value number of the topology). */
  totals = new Int32Array(0);
  /** Eligible nodes by domain. A domain without any does not exist. */
  nodes = new Int32Array(0);
  /** Domains that exist. */
  count = 0;
  /** Pods in all domains. */
  sum = 0;
  eligible = new Uint8Array(0);
  readonly isEligible: (slot: number) => boolean;
  readonly #counter: Counter;

  constructor(counter: Counter, topology: Topology, isEligible: (slot: number) => boolean) {
    this.#counter = counter;
    this.topology = topology;
    this.isEligible = isEligible;
  }

  attach(slot: number): void {
    const value = this.topology.domainOf[slot] ?? -1;
    if (value < 0 || !this.isEligible(slot)) return;
    this.totals = grown(this.totals, value + 1);
    this.nodes = grown(this.nodes, value + 1);
    this.eligible = grown(this.eligible, slot + 1);
    this.eligible[slot] = 1;
    if (this.nodes[value] === 0) this.count++;
    this.nodes[value] = (this.nodes[value] ?? 0) + 1;
    this.add(slot, this.#counter.onNode[slot] ?? 0);
  }

  detach(slot: number): void {
    if (!this.eligible[slot]) return;
    this.add(slot, -(this.#counter.onNode[slot] ?? 0));
    this.eligible[slot] = 0;
    const value = this.topology.domainOf[slot] ?? 0;
    this.nodes[value] = (this.nodes[value] ?? 0) - 1;
    if (this.nodes[value] === 0) this.count--;
  }

  add(slot: number, pods: number): void {
    if (!this.eligible[slot]) return;
    const value = this.topology.domainOf[slot] ?? 0;
    this.totals[value] = (this.totals[value] ?? 0) + pods;
    this.sum += pods;
  }

  /** The fewest pods in any domain that exists; 0 if there is none. */
  least(): number {
    const { nodes, totals } = this;
    let least = -1;
    for (let value = 0; value < nodes.length; value++) {
      if (nodes[value] === 0) continue;
      const total = totals[value] as number;
      if (least < 0 || total < least) least = total;
      if (least === 0) break;
    }
    return Math.max(least, 0);
  }
}

export interface Counted {
  key: string;
  /** Only pods of this namespace can count; `undefined`: of any. */
  namespace: string | undefined;
  /** Asked once for a class, and again when its namespace's labels change. */
  counts(podClass: PodClass): boolean;
  /** Whether pods count that are being deleted. */
  terminatingToo: boolean;
}

export class Counter {
  readonly what: Counted;
  onNode = new Int32Array(0);
  /** On all nodes. */
  total = 0;
  readonly domains = new Map<string, Domains>();
  users = 0;

  constructor(what: Counted) {
    this.what = what;
  }

  add(slot: number, pods: number): void {
    this.onNode = grown(this.onNode, slot + 1);
    this.onNode[slot] = (this.onNode[slot] ?? 0) + pods;
    this.total += pods;
    for (const domains of this.domains.values()) domains.add(slot, pods);
  }
}

interface ClassEntry {
  readonly podClass: PodClass;
  readonly counters: Set<Counter>;
  /** Pods of the class that are on a node. */
  readonly placed: Set<PodInfo>;
}

export class Census {
  readonly #counters = new Map<string, Counter>();
  readonly #byNamespace = new Map<string | undefined, Set<Counter>>();
  readonly #classes = new Map<string, Map<PodClass, ClassEntry>>();
  readonly #nodes: { readonly slots: Iterable<number>; topology(key: string): Topology };

  constructor(nodes: { readonly slots: Iterable<number>; topology(key: string): Topology }) {
    this.#nodes = nodes;
  }

  /** The counter for this question, shared by all who ask it. Give it back with `release`. */
  counter(what: Counted): Counter {
    const known = this.#counters.get(what.key);
    if (known) {
      known.users++;
      return known;
    }
    const counter = new Counter(what);
    counter.users = 1;
    this.#counters.set(what.key, counter);
    this.#setFor(what.namespace).add(counter);
    for (const entry of this.#entriesOf(what.namespace)) this.#match(entry, counter);
    return counter;
  }

  release(counter: Counter): void {
    if (--counter.users > 0) return;
    this.#counters.delete(counter.what.key);
    this.#byNamespace.get(counter.what.namespace)?.delete(counter);
    for (const entry of this.#entriesOf(counter.what.namespace)) entry.counters.delete(counter);
  }

  /** The counter's sums by domain of a topology, over the eligible nodes; `policy` names the eligibility. They live as long as the counter. */
  domains(counter: Counter, topologyKey: string, policy: string, isEligible: (slot: number) => boolean): Domains {
    const key = `${topologyKey}|${policy}`;
    const known = counter.domains.get(key);
    if (known) return known;
    const domains = new Domains(counter, this.#nodes.topology(topologyKey), isEligible);
    counter.domains.set(key, domains);
    for (const slot of this.#nodes.slots) domains.attach(slot);
    return domains;
  }

  enroll(podClass: PodClass): void {
    const entry: ClassEntry = { podClass, counters: new Set(), placed: new Set() };
    const classes = this.#classes.get(podClass.namespace) ?? new Map<PodClass, ClassEntry>();
    this.#classes.set(podClass.namespace, classes.set(podClass, entry));
    for (const namespace of [podClass.namespace, undefined]) {
      for (const counter of this.#byNamespace.get(namespace) ?? []) this.#match(entry, counter);
    }
  }

  dismiss(podClass: PodClass): void {
    const classes = this.#classes.get(podClass.namespace);
    classes?.delete(podClass);
    if (classes?.size === 0) this.#classes.delete(podClass.namespace);
  }

  /** The pod came to its node, or (`-1`) leaves it. */
  count(pod: PodInfo, slot: number, change: 1 | -1): void {
    const entry = this.#classes.get(pod.podClass.namespace)?.get(pod.podClass);
    if (!entry) return;
    if (change > 0) entry.placed.add(pod);
    else entry.placed.delete(pod);
    for (const counter of entry.counters) {
      if (!pod.terminating || counter.what.terminatingToo) counter.add(slot, change);
    }
  }

  /** The labels of a namespace have changed: what selects namespaces by label may count its pods now, or no longer. */
  recheck(namespace: string): void {
    for (const entry of this.#classes.get(namespace)?.values() ?? []) {
      for (const counter of this.#byNamespace.get(undefined) ?? []) {
        if (entry.counters.has(counter) && !counter.what.counts(entry.podClass)) {
          this.#countPlaced(entry, counter, -1);
          entry.counters.delete(counter);
        } else if (!entry.counters.has(counter)) this.#match(entry, counter);
      }
    }
  }

  /** Before a node's labels or taints change, or the node goes. */
  detach(slot: number): void {
    for (const counter of this.#counters.values()) for (const domains of counter.domains.values()) domains.detach(slot);
  }

  /** After a node came or changed. */
  attach(slot: number): void {
    for (const counter of this.#counters.values()) for (const domains of counter.domains.values()) domains.attach(slot);
  }

  #match(entry: ClassEntry, counter: Counter): void {
    if (!counter.what.counts(entry.podClass)) return;
    entry.counters.add(counter);
    this.#countPlaced(entry, counter, 1);
  }

  #countPlaced(entry: ClassEntry, counter: Counter, change: 1 | -1): void {
    for (const pod of entry.placed) if (!pod.terminating || counter.what.terminatingToo) counter.add(pod.slot, change);
  }

  #setFor(namespace: string | undefined): Set<Counter> {
    const set = this.#byNamespace.get(namespace) ?? new Set();
    this.#byNamespace.set(namespace, set);
    return set;
  }

  *#entriesOf(namespace: string | undefined): Iterable<ClassEntry> {
    if (namespace !== undefined) yield* this.#classes.get(namespace)?.values() ?? [];
    else for (const classes of this.#classes.values()) yield* classes.values();
  }
}
