/**
 * What the plugins that judge a node by itself say about every node, for all pods of one shape. It is brought up to date from the journal
 * of changed nodes: when one pod was placed since the last decision, one node is judged again.
 */
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { grown } from '../cache/topology.ts';
import { type FilterRun, type NodeScores, type Refusal, refusal } from './plugin.ts';
import type { Profile, Refusals, WeightedPlugin } from './profile.ts';

/** Scores that are normalised over the feasible nodes, as the plugin gave them. */
export interface RawScores extends WeightedPlugin {
  raw: Int32Array;
  normalize: 'most' | 'least';
  /** How many nodes have a raw score that is not 0. */
  nonzero: number;
}

interface Judge {
  readonly filters: readonly FilterRun[];
  /** Plugins that name the only nodes which come into question. */
  readonly restricted: readonly ReadonlySet<string>[];
  readonly elsewhere: Refusal;
  readonly plain: readonly { scores: NodeScores; weight: number }[];
  readonly normalized: readonly { scores: NodeScores; into: RawScores }[];
}

const NO_NODE = 0xffff;

export class NodeTable {
  /** By slot: 0 passes; else the number of a refusal, or `NO_NODE`. */
  verdict = new Uint16Array(0);
  /** By slot: the weighted sum of the scores that need no normalising. */
  base = new Int32Array(0);
  readonly normalized: RawScores[] = [];
  /** No node will do, whatever it is. */
  refused: Refusal | undefined;
  #seen = -1;
  #epochs: number[] = [];
  #judge: Judge | undefined;

  static readonly NO_NODE = NO_NODE;

  refresh(pod: PodInfo, cluster: Cluster, profile: Profile, refusals: Refusals): void {
    const { nodes } = cluster;
    const epochs = epochsOf(pod, cluster, profile);
    const judge = this.#judge ?? this.#prepare(pod, cluster, profile);
    this.verdict = grown(this.verdict, nodes.at.length);
    this.base = grown(this.base, nodes.at.length);
    for (const scores of this.normalized) scores.raw = grown(scores.raw, nodes.at.length);
    const visit = (slot: number) => this.#judgeNode(slot, cluster, judge, refusals);
    const stale = this.#seen < 0 || epochs.some((epoch, i) => epoch !== this.#epochs[i]);
    if (stale || !nodes.since(this.#seen, visit)) this.#judgeAll(cluster, judge, refusals, visit);
    this.#seen = nodes.sequence;
    this.#epochs = epochs;
  }

  #prepare(pod: PodInfo, cluster: Cluster, profile: Profile): Judge {
    const runs: FilterRun[] = [];
    const restricting: { name: string; nodes: ReadonlySet<string> }[] = [];
    for (const plugin of profile.filter) {
      const run = plugin.shape ? plugin.prepareFilter?.(pod, cluster) : undefined;
      if (!run) continue;
      if ('refused' in run) {
        this.refused ??= run.refused;
        continue;
      }
      runs.push(run);
      if (run.nodes) restricting.push({ name: plugin.name, nodes: run.nodes });
    }
    const plain = [];
    const normalized = [];
    for (const { plugin, weight } of profile.score) {
      const scores = plugin.shape ? plugin.prepareScore?.(pod, cluster) : undefined;
      if (!scores || typeof scores === 'function') continue;
      if (!scores.normalize) plain.push({ scores, weight });
      else {
        const into: RawScores = { plugin, weight, raw: new Int32Array(0), normalize: scores.normalize, nonzero: 0 };
        this.normalized.push(into);
        normalized.push({ scores, into });
      }
    }
    const names = restricting.map((r) => r.name).sort();
    const elsewhere = refusal(names[0] ?? '', `node(s) didn't satisfy plugin(s) [${names.join(' ')}]`);
    this.#judge = { filters: runs, restricted: restricting.map((r) => r.nodes), elsewhere, plain, normalized };
    return this.#judge;
  }

  /** Where only some nodes come into question, the others need not be looked at one by one. */
  #judgeAll({ nodes }: Cluster, { restricted, elsewhere, normalized }: Judge, refusals: Refusals, visit: (slot: number) => void): void {
    const size = nodes.at.length;
    const [only] = restricted;
    if (!only || nodes.count < size) {
      for (let slot = 0; slot < size; slot++) visit(slot);
      return;
    }
    this.verdict.fill(refusals.number(elsewhere), 0, size);
    this.base.fill(0, 0, size);
    for (const { into } of normalized) {
      into.raw.fill(0, 0, size);
      into.nonzero = 0;
    }
    for (const name of only) {
      const slot = nodes.bySlotOf.get(name);
      if (slot !== undefined) visit(slot);
    }
  }

  #judgeNode(slot: number, cluster: Cluster, judge: Judge, refusals: Refusals): void {
    const info = cluster.nodes.at[slot];
    const verdict = info ? refusals.number(judgeFilters(judge, slot, info.name)) : NO_NODE;
    this.verdict[slot] = verdict;
    // What a node that is refused would score, nobody asks.
    const feasible = verdict === 0;
    let base = 0;
    if (feasible) for (const { scores, weight } of judge.plain) base += weight * scores.raw(slot);
    this.base[slot] = base;
    for (const { scores, into } of judge.normalized) {
      const raw = feasible ? scores.raw(slot) : 0;
      if (into.raw[slot] !== 0) into.nonzero--;
      if (raw !== 0) into.nonzero++;
      into.raw[slot] = raw;
    }
  }
}

function judgeFilters(judge: Judge, slot: number, name: string): Refusal | undefined {
  for (const nodes of judge.restricted) if (!nodes.has(name)) return judge.elsewhere;
  for (const run of judge.filters) {
    const refused = run.verdict?.(slot);
    if (refused) return refused;
  }
  return undefined;
}

function epochsOf(pod: PodInfo, cluster: Cluster, profile: Profile): number[] {
  const epochs: number[] = [];
  for (const plugin of profile.plugins) if (plugin.epoch) epochs.push(plugin.epoch(pod.podClass, cluster));
  return epochs;
}
