/**
 * What a plugin can take part in. Filters and scores are prepared once for a pod and then asked node by node. A plugin with a `shape` says that
 * its answers depend on nothing but that text and the node itself: they are kept by node and asked again only for nodes that changed,
 * for all pods of the same shape. The others see the whole cluster and are asked for every pod.
 */
import type { Resource } from '../../client/resource.ts';
import type { KubeObject } from '../../types/wire.ts';
import type { Cluster } from '../cache/cluster.ts';
import type { PodClass } from '../cache/pod-class.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import type { Claim, Volume } from '../cache/storage.ts';
import type { Hint } from './events.ts';

/** Why a pod can't go somewhere. A value: plugins give the same object for the same reasons. */
export interface Refusal {
  readonly plugin: string;
  readonly reasons: readonly string[];
  /** Whether removing other pods could change it. */
  readonly curable: boolean;
}

export function refusal(plugin: string, reasons: string | string[], curable = false): Refusal {
  return { plugin, reasons: typeof reasons === 'string' ? [reasons] : reasons, curable };
}

/** Refusals of a plugin by their text: one object for each, since they are told apart by identity. */
export function keptRefusals(plugin: string): (reason: string) => Refusal {
  const kept = new Map<string, Refusal>();
  return (reason) => {
    const known = kept.get(reason) ?? refusal(plugin, reason);
    kept.set(reason, known);
    return known;
  };
}

export interface FilterRun {
  /** Only these nodes come into question. For plugins with a shape only. */
  readonly nodes?: ReadonlySet<string>;
  /** Absent: every node will do. */
  verdict?(slot: number): Refusal | undefined;
}

/** `undefined`: the plugin has no say about this pod. A refusal: no node will do. */
export type Preparation = FilterRun | { readonly refused: Refusal } | undefined;

/** Raw scores of nodes one by one. Whole numbers of 0 to 100 as they are, unless they are to be normalised over the feasible nodes. */
export interface NodeScores {
  raw(slot: number): number;
  /** `most`: the highest raw score becomes 100. `least`: the lowest is the best, 0 becomes 100. (kube-scheduler's DefaultNormalizeScore.) */
  normalize?: 'most' | 'least';
}

/** Writes the scores, 0 to 100, of the first `count` of these nodes. */
export type ClusterScores = (nodes: Int32Array, count: number, scores: Float64Array) => void;

export interface PostFilterOutcome {
  /** The node where room is made. */
  nominate?: { slot: number; victims: PodInfo[] };
  /** Room is being made already. */
  keepsNomination?: boolean;
  /** What the user reads if nothing is nominated. */
  message?: string;
  /** No plugin after this one is asked. */
  final?: boolean;
}

/** What is known when no node was found. */
export interface Failure {
  readonly pod: PodInfo;
  /** The whole pod was refused, before any node was looked at. */
  readonly whole: Refusal | undefined;
  /** How many nodes there are for each refusal. */
  readonly refusals: ReadonlyMap<Refusal, number>;
  /** By slot, for every node; `undefined` where there is no node. */
  refusalAt(slot: number): Refusal | undefined;
  /** Whether the pod would pass all filters on the node as things stand now. */
  verdictNow(slot: number): Refusal | undefined;
  /** No plugin that sees more than one node had a say: what is true of a node stays true until that node changes. */
  readonly nodeByNode: boolean;
}

/** What a plugin is given around binding. */
export interface BindContext {
  readonly pod: PodInfo;
  readonly node: string;
  readonly cluster: Cluster;
  readonly writes: BindWrites;
}

/** What plugins ask of the API around binding. */
export interface BindWrites {
  /** Binds the pod to its node. */
  post(): Promise<void>;
  /** Sets a volume aside for a claim. */
  bindVolume(volume: Volume, claim: Claim): Promise<void>;
  /** Tells the provisioner where the claim's volume is wanted. */
  selectNode(claim: Claim, node: string): Promise<void>;
  /** Tries waiting pods again, after their backoff. */
  activate(which: (pod: PodInfo) => boolean): void;
  /** Resolves to `true` when `done` holds, to `false` when it did not within so many milliseconds. */
  until(done: () => boolean, timeout: number): Promise<boolean>;
}

export interface Plugin {
  readonly name: string;
  shape?(podClass: PodClass): string;
  /** Changes when a plugin's answers for nodes that did not change themselves may be different. */
  epoch?(podClass: PodClass, cluster: Cluster): number;
  /** Kinds beyond those that every scheduler follows; the cluster is kept up to date with their objects. */
  readonly follows?: readonly Resource<KubeObject>[];
  preEnqueue?(pod: PodInfo): Refusal | undefined;
  /** The pod is one that others wait for: it is not tried again before its backoff is over, however little there is to do. */
  patient?(pod: PodInfo): boolean;
  /** Which pod goes first: negative, zero or positive. */
  compare?(a: PodInfo & { queuedAt: number }, b: PodInfo & { queuedAt: number }): number;
  prepareFilter?(pod: PodInfo, cluster: Cluster): Preparation;
  prepareScore?(pod: PodInfo, cluster: Cluster): NodeScores | ClusterScores | undefined;
  postFilter?(failure: Failure, cluster: Cluster): PostFilterOutcome;
  reserve?(at: BindContext): Refusal | undefined;
  unreserve?(at: BindContext): void;
  /** `undefined`: there is nothing to wait for. */
  permit?(at: BindContext): Promise<Refusal | undefined> | undefined;
  /** `undefined`: there is nothing to wait for. */
  preBind?(at: BindContext): Promise<void> | undefined;
  bind?(at: BindContext): Promise<void>;
  postBind?(at: BindContext): void;
  /** The events that could change the plugin's mind about a pod that it refused. */
  readonly hints?: readonly Hint[];
}

/** A value computed once for a pod class and kept as long as the class lives. */
export function perClass<T>(compute: (podClass: PodClass) => T): (podClass: PodClass) => T {
  const kept = new WeakMap<PodClass, { value: T }>();
  return (podClass) => {
    let found = kept.get(podClass);
    if (!found) {
      found = { value: compute(podClass) };
      kept.set(podClass, found);
    }
    return found.value;
  };
}
