/**
 * The decision, pure: which node for this pod, over the cluster as it is known. All nodes are judged by the filters; those that pass are
 * scored; the best is picked, ties by the random source. If none passes, the answer says why, and the post-filters say whether removing
 * pods of lower priority would make room.
 */
import type { Random } from '../types/part/random.ts';
import type { Cluster } from './cache/cluster.ts';
import type { PodInfo } from './cache/pod-info.ts';
import { grown } from './cache/topology.ts';
import { Reasons, unavailable } from './framework/message.ts';
import type { NodeTable } from './framework/node-table.ts';
import { NodeTables } from './framework/node-tables.ts';
import type { Failure, FilterRun, Refusal } from './framework/plugin.ts';
import { type Profile, Refusals } from './framework/profile.ts';
import { clusterScoresOf, explainScores, scoreNodes } from './framework/score-nodes.ts';

export interface Placed {
  readonly result: 'placed';
  readonly node: string;
  /** Nodes that passed the filters. */
  readonly feasible: number;
}

export interface Refused {
  readonly result: 'refused';
  readonly message: string;
  /** Names of the plugins that refused: their hints say when to try again. */
  readonly plugins: ReadonlySet<string>;
  /** Where room is being made, and which pods have to go for it. */
  readonly nominate?: { node: string; victims: PodInfo[] };
  /** Room is being made already: the nomination stays. */
  readonly keepsNomination?: boolean;
}

export type Decision = Placed | Refused;

/** A decision laid open: all feasible nodes, and every plugin's scores where there is a choice. */
export interface Explained {
  readonly decision: Decision;
  readonly feasible: string[];
  /** By plugin, in the order of `feasible`; weighted. Absent if at most one node is feasible. */
  readonly scores?: Map<string, number[]>;
  readonly totals?: number[];
}

const NO_PLUGINS: ReadonlySet<string> = new Set();

export class Decider {
  readonly profile: Profile;
  readonly #cluster: Cluster;
  readonly #random: Random;
  readonly #refusals = new Refusals();
  readonly #tables: NodeTables;
  #feasible = new Int32Array(0);
  #verdicts = new Uint16Array(0);
  #totals = new Float64Array(0);
  #scratch = new Float64Array(0);
  /** Where the next search begins if not all nodes are looked at. */
  #start = 0;

  constructor(profile: Profile, cluster: Cluster, random: Random) {
    this.profile = profile;
    this.#cluster = cluster;
    this.#random = random;
    this.#tables = new NodeTables(profile, this.#refusals);
  }

  decide(pod: PodInfo): Decision {
    const { nodes } = this.#cluster;
    if (nodes.count === 0) return { result: 'refused', message: 'no nodes available to schedule pods', plugins: NO_PLUGINS };
    const table = this.#tables.for(pod, this.#cluster);
    const runs = this.#prepare(pod, table);
    if ('refused' in runs) return this.#refuse(pod, runs.refused, false);
    const count = this.#nominatedFirst(pod, table, runs) || this.#filter(pod, table, runs);
    if (count === 0) return this.#refuse(pod, undefined, runs.length === 0);
    const best = count === 1 ? 0 : this.#best(pod, table, count);
    return { result: 'placed', node: nodes.at[this.#feasible[best] as number]?.name ?? '', feasible: count };
  }

  /** The same decision, laid open. Slower: for people and tests. */
  explain(pod: PodInfo): Explained {
    const { nodes } = this.#cluster;
    const decision = this.decide(pod);
    if (decision.result === 'refused') return { decision, feasible: [] };
    const slots = [...this.#feasible.subarray(0, decision.feasible)];
    const feasible = slots.map((slot) => nodes.at[slot]?.name ?? '');
    if (slots.length < 2) return { decision, feasible };
    const scores = explainScores(pod, this.#cluster, this.profile, slots);
    return { decision, feasible, scores, totals: [...this.#totals.subarray(0, slots.length)] };
  }

  /** Whether the pod would pass all filters on this node as things stand this moment. */
  verdictNow(pod: PodInfo, slot: number): Refusal | undefined {
    for (const plugin of this.profile.filter) {
      const run = plugin.prepareFilter?.(pod, this.#cluster);
      if (!run) continue;
      const refused = 'refused' in run ? run.refused : run.verdict?.(slot);
      if (refused) return refused;
    }
    return undefined;
  }

  /** The filters that see the whole cluster, ready for this pod; or the refusal of the whole pod. */
  #prepare(pod: PodInfo, table: NodeTable): FilterRun[] | { refused: Refusal } {
    if (table.refused) return { refused: table.refused };
    const runs: FilterRun[] = [];
    for (const plugin of this.profile.filter) {
      const run = plugin.shape ? undefined : plugin.prepareFilter?.(pod, this.#cluster);
      if (run && 'refused' in run) return run;
      if (run) runs.push(run);
    }
    return runs;
  }

  /** A pod for which room was made goes where it was made, if it still fits. */
  #nominatedFirst(pod: PodInfo, table: NodeTable, runs: FilterRun[]): number {
    const node = pod.pod.status?.nominatedNodeName;
    const slot = node ? (this.#cluster.nodes.bySlotOf.get(node) ?? -1) : -1;
    if (slot < 0 || this.#judge(slot, table, runs) !== 0 || this.#withNominated(pod, slot)) return 0;
    this.#feasible = grown(this.#feasible, 1);
    this.#feasible[0] = slot;
    return 1;
  }

  /** Leaves every node's verdict in `#verdicts` and those that pass in `#feasible`; the answer says how many. */
  #filter(pod: PodInfo, table: NodeTable, runs: FilterRun[]): number {
    const { nodes, nominated } = this.#cluster;
    const size = nodes.at.length;
    this.#feasible = grown(this.#feasible, size);
    this.#verdicts = grown(this.#verdicts, size);
    const wanted = this.#wanted(nodes.count);
    if (runs.length === 0 && nominated.size === 0 && wanted >= nodes.count) return this.#takeOver(table, size);
    // Local names: this loop runs over all nodes for every pod.
    const feasible = this.#feasible;
    const verdicts = this.#verdicts;
    const start = wanted < nodes.count ? this.#start : 0;
    let count = 0;
    let step = 0;
    for (; step < size && count < wanted; step++) {
      const slot = start + step < size ? start + step : start + step - size;
      let verdict = nominated.size > 0 ? this.#refusals.number(this.#withNominated(pod, slot)) : 0;
      if (verdict === 0) verdict = this.#judge(slot, table, runs);
      verdicts[slot] = verdict;
      if (verdict === 0) feasible[count++] = slot;
    }
    this.#start = (start + step) % size;
    return count;
  }

  /** Where no other filter has a say, the table's verdicts are the verdicts. */
  #takeOver({ verdict }: NodeTable, size: number): number {
    const feasible = this.#feasible;
    let count = 0;
    for (let slot = 0; slot < size; slot++) if (verdict[slot] === 0) feasible[count++] = slot;
    if (count === 0) this.#verdicts.set(verdict.subarray(0, size));
    return count;
  }

  #judge(slot: number, table: NodeTable, runs: FilterRun[]): number {
    const verdict = table.verdict[slot] as number;
    if (verdict !== 0) return verdict;
    for (let i = 0; i < runs.length; i++) {
      const refused = (runs[i] as FilterRun).verdict?.(slot);
      if (refused) return this.#refusals.number(refused);
    }
    return 0;
  }

  /** Pods for which room is being made on the node, and that are at least as important, are counted as if they were there. */
  #withNominated(pod: PodInfo, slot: number): Refusal | undefined {
    const name = this.#cluster.nodes.at[slot]?.name ?? '';
    const waiting = [...(this.#cluster.nominated.get(name) ?? [])].filter((p) => p.priority >= pod.priority && p.key !== pod.key);
    if (waiting.length === 0) return undefined;
    return this.#cluster.nodes.unchanged(() => {
      for (const other of waiting) this.#cluster.place(other, name);
      const refused = this.verdictNow(pod, slot);
      for (const other of waiting) this.#cluster.displace(other, name);
      return refused;
    });
  }

  #wanted(nodes: number): number {
    const share = this.profile.percentageOfNodesToScore || Math.max(5, 50 - Math.floor(nodes / 125));
    // kube-scheduler never stops before 100 nodes.
    return share >= 100 ? nodes : Math.max(100, Math.floor((nodes * share) / 100));
  }

  #best(pod: PodInfo, table: NodeTable, count: number): number {
    this.#totals = grown(this.#totals, count);
    this.#scratch = grown(this.#scratch, count);
    const totals = this.#totals;
    scoreNodes(table, clusterScoresOf(pod, this.#cluster, this.profile), this.#feasible, count, totals, this.#scratch);
    let highest = -1;
    let ties = 0;
    for (let k = 0; k < count; k++) {
      const total = totals[k] as number;
      if (total > highest) {
        highest = total;
        ties = 1;
      } else if (total === highest) ties++;
    }
    let skip = ties > 1 ? this.#random.int(ties) : 0;
    for (let k = 0; k < count; k++) if (totals[k] === highest && skip-- === 0) return k;
    return 0;
  }

  #refuse(pod: PodInfo, whole: Refusal | undefined, nodeByNode: boolean): Refused {
    const { nodes } = this.#cluster;
    const refusals = whole ? new Map([[whole, nodes.count]]) : this.#countRefusals();
    const reasons = new Reasons();
    for (const [refused, count] of refusals) reasons.add(refused.reasons, count);
    const { message, ...nomination } = this.#postFilter({
      pod,
      whole,
      refusals,
      refusalAt: (slot) => whole ?? this.#refusals.get(this.#verdicts[slot] as number),
      verdictNow: (slot) => this.#withNominated(pod, slot) ?? this.verdictNow(pod, slot),
      nodeByNode,
    });
    const why = whole ? whole.reasons.join(', ') : reasons.text();
    const plugins = new Set([...refusals.keys()].map((refused) => refused.plugin));
    return { result: 'refused', message: unavailable(nodes.count, why, message), plugins, ...nomination };
  }

  #countRefusals(): Map<Refusal, number> {
    const verdicts = this.#verdicts;
    const counts = new Map<Refusal, number>();
    let last = 0;
    let run = 0;
    const add = () => {
      const refused = this.#refusals.get(last);
      if (refused) counts.set(refused, (counts.get(refused) ?? 0) + run);
      run = 0;
    };
    // Neighbours are mostly refused for the same reason: counted in runs.
    for (let slot = 0; slot < this.#cluster.nodes.at.length; slot++) {
      const verdict = verdicts[slot] as number;
      if (verdict !== last) {
        add();
        last = verdict;
      }
      run++;
    }
    add();
    return counts;
  }

  #postFilter(failure: Failure): { message: string; nominate?: { node: string; victims: PodInfo[] }; keepsNomination?: boolean } {
    const messages: string[] = [];
    let keepsNomination = false;
    for (const plugin of this.profile.postFilter) {
      const outcome = plugin.postFilter?.(failure, this.#cluster);
      if (outcome?.nominate) {
        const { slot, victims } = outcome.nominate;
        return { message: '', nominate: { node: this.#cluster.nodes.at[slot]?.name ?? '', victims } };
      }
      if (outcome?.message) messages.push(outcome.message);
      if (outcome?.keepsNomination) keepsNomination = true;
      if (outcome?.final) break;
    }
    return { message: messages.join(', '), keepsNomination };
  }
}
