/**
 * The fewest, or the cheapest, machines of some classes that hold all pods. First the amounts are packed as numbers; then the machines are
 * built in a world of their own and every pod is put where the packing has it, if all filters of the scheduler agree; what they do not agree to
 * (affinity, spread, ports) the scheduler places itself, and machines are added where it can't.
 */
import type { MachineClass } from '../../../client/cloud.ts';
import type { Pod } from '../../../client/resources.ts';
import type { Random } from '../../../types/part/random.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { Nodes } from '../../cache/nodes.ts';
import { keyOfPod } from '../../cache/pod-info.ts';
import type { Profile } from '../../framework/profile.ts';
import { Decider } from '../../schedule-one.ts';
import { put, unscheduled, type World, worldOf } from '../../world/world.ts';
import { daemonPods } from '../expand.ts';
import { InputError } from '../input-error.ts';
import { type Measures, measure } from '../measures.ts';
import { Placer } from '../place-all.ts';
import { lowerBound } from './bound.ts';
import { exactPacking } from './exact.ts';
import { goodPacking } from './heuristics.ts';
import { type BinKind, costOf, type Item, type Problem } from './problem.ts';
import { sampleNode } from './sample-node.ts';

export type Objective = 'fewest' | 'cheapest';

export interface MachineOrder {
  objective: Objective;
  classes: readonly string[];
  /** Machines are made in these in turn; empty: in none. */
  zones: readonly string[];
}

export interface MachinePlan {
  objective: Objective;
  /** How many of each class. */
  machines: Record<string, number>;
  count: number;
  perHour: number;
  /** No set of machines with less, in machines or in price, holds the amounts. */
  lowerBound: number;
  /** Nothing better exists: the bound is met, or all packings were searched and no rule of the scheduler asked for more. */
  optimal: boolean;
  /** Machines added because rules other than amounts (affinity, spread, ports) asked for them. */
  addedForRules: number;
  pods: number;
  /** Pods that no machine of these classes takes. */
  refused: { pod: string; message: string }[];
  after: Measures;
}

/** What of the filters depends on the machine's class alone. */
const OF_THE_CLASS = new Set(['NodeUnschedulable', 'TaintToleration', 'NodeAffinity', 'NodeResourcesFit']);

export function planMachines(
  world: World,
  waiting: readonly Pod[],
  state: readonly AnyObject[],
  order: MachineOrder,
  profile: Profile,
  random: Random,
): MachinePlan {
  const classes = order.classes.map((name) => classOf(world, name));
  const others = state.filter((object) => object.kind !== 'Node' && object.kind !== 'Pod');
  const build = new Build(others, classes, order.zones, profile, random);
  const moving = [...world.placed.values()].map(({ info }) => unscheduled(info.pod)).filter((pod) => !isDaemon(pod));
  const pods = [...moving, ...waiting.filter((pod) => !isDaemon(pod))].sort((a, b) => (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0));
  return build.plan(pods, order.objective);
}

const isDaemon = (pod: Pod) => pod.metadata?.ownerReferences?.some((owner) => owner.controller && owner.kind === 'DaemonSet') ?? false;
const priceOf = (cls: MachineClass) => Number(cls.spec.pricePerHour ?? 0);

function classOf(world: World, name: string): MachineClass {
  const found = world.cluster.machineClasses.get(name);
  if (found) return found;
  const there = [...world.cluster.machineClasses.keys()].join(', ') || 'none';
  throw new InputError(`there is no MachineClass ${name}; there are ${there}`);
}

class Build {
  readonly #world: World;
  readonly #daemons: AnyObject[];
  readonly #classes: MachineClass[];
  readonly #zones: readonly string[];
  readonly #profile: Profile;
  readonly #random: Random;
  #made = 0;

  constructor(others: AnyObject[], classes: MachineClass[], zones: readonly string[], profile: Profile, random: Random) {
    this.#world = worldOf(others);
    this.#daemons = others.filter((object) => object.kind === 'DaemonSet');
    this.#classes = classes;
    this.#zones = zones;
    // Nobody is removed to save a machine.
    this.#profile = { ...profile, postFilter: [] };
    this.#random = random;
  }

  plan(pods: readonly Pod[], objective: Objective): MachinePlan {
    if (objective === 'cheapest' && this.#classes.some((cls) => priceOf(cls) <= 0)) {
      throw new InputError(`MachineClass ${this.#classes.find((cls) => priceOf(cls) <= 0)?.metadata?.name} has no pricePerHour`);
    }
    const { problem, groups, refused } = this.#problem(pods, objective);
    const bound = lowerBound(problem, objective === 'fewest');
    const good = goodPacking(problem);
    const exact = costOf(good, problem.kinds) <= bound + 1e-9 ? good : exactPacking(problem, good);
    const bins = exact ?? good;
    const left: Pod[] = [];
    for (const { kind, counts } of bins) {
      const node = this.#machine(kind);
      for (const [group, count] of counts) left.push(...this.#fill(node, (groups[group] ?? []).splice(0, count)));
    }
    const addedForRules = this.#placeRest(left, refused);
    const machines: Record<string, number> = {};
    for (const slot of this.#world.cluster.nodes.slots) {
      const name = this.#world.cluster.nodes.at[slot]?.labels['node.kubernetes.io/instance-type'] ?? '';
      machines[name] = (machines[name] ?? 0) + 1;
    }
    const after = measure(this.#world);
    const lower = Math.round(bound * 1e6) / 1e6;
    const optimal = addedForRules === 0 && (exact !== undefined || costOf(bins, problem.kinds) <= bound + 1e-9);
    const head = { objective, machines, count: after.nodes, perHour: after.cost.perHour, lowerBound: lower, optimal, addedForRules };
    return { ...head, pods: pods.length, refused, after };
  }

  /** Makes a machine of a class, its daemons on it. */
  #machine(kind: number): string {
    const cls = this.#classes[kind] as MachineClass;
    const zone = this.#zones[this.#made % Math.max(this.#zones.length, 1)];
    const name = `${cls.metadata?.name}-${++this.#made}`;
    this.#world.cluster.setNode(sampleNode(cls, name, zone));
    for (const daemon of this.#daemons) for (const pod of daemonPods(this.#world, daemon)) put(this.#world, pod, name);
    return name;
  }

  /** Puts the pods on the node; those that a filter refuses there are left. */
  #fill(node: string, pods: Pod[]): Pod[] {
    const { cluster } = this.#world;
    const decider = new Decider(this.#profile, cluster, this.#random);
    return pods.filter((pod) => {
      const info = cluster.describe(pod);
      const refused = decider.verdictNow(info, cluster.nodes.get(node)?.slot ?? -1);
      if (!refused) put(this.#world, pod, node);
      cluster.drop(info);
      return refused !== undefined;
    });
  }

  /** The scheduler places what the packing could not; where it can't, a machine is added, of the cheapest class that helps. */
  #placeRest(pods: Pod[], refused: MachinePlan['refused']): number {
    let added = 0;
    let left = pods;
    const placer = new Placer(this.#world, [{ ...this.#profile, schedulerName: 'default-scheduler' }], this.#random);
    const place = (some: Pod[]) =>
      placer.placeAll(some.map((pod) => ({ ...pod, spec: { ...pod.spec, schedulerName: 'default-scheduler' } }) as Pod));
    const byPrice = [...this.#classes.keys()].sort(
      (a, b) => priceOf(this.#classes[a] as MachineClass) - priceOf(this.#classes[b] as MachineClass),
    );
    while (left.length > 0) {
      const outcome = place(left);
      const names = new Set(outcome.refused.map(({ pod }) => pod));
      left = left.filter((pod) => names.has(keyOfPod(pod)));
      const first = left[0];
      if (!first) break;
      if (this.#addFor(first, byPrice)) added++;
      else {
        refused.push({ pod: keyOfPod(first), message: outcome.refused[0]?.message ?? '' });
        left = left.slice(1);
      }
    }
    return added;
  }

  /** Adds a machine that takes this pod: every class is tried in every zone. */
  #addFor(pod: Pod, byPrice: number[]): boolean {
    const { cluster } = this.#world;
    for (const kind of byPrice) {
      for (let z = 0; z < Math.max(this.#zones.length, 1); z++) {
        const node = this.#machine(kind);
        if (this.#fill(node, [pod]).length === 0) {
          const found = this.#world.placed.get(keyOfPod(pod));
          // It is placed again with all that is left.
          if (found) {
            this.#world.placed.delete(keyOfPod(pod));
            cluster.displace(found.info, node);
            cluster.drop(found.info);
          }
          return true;
        }
        for (const [key, at] of [...this.#world.placed]) if (at.node === node) this.#world.placed.delete(key);
        cluster.removeNode(node);
      }
    }
    return false;
  }

  /** Pods that ask for the same and may go to the same classes are one item; those that fit no empty machine are refused. */
  #problem(pods: readonly Pod[], objective: Objective) {
    const { cluster } = this.#world;
    const refused: MachinePlan['refused'] = [];
    const slots = this.#classes.map((_, kind) => cluster.nodes.get(this.#machine(kind))?.slot ?? -1);
    const judge = new Decider(
      { ...this.#profile, filter: this.#profile.filter.filter(({ name }) => OF_THE_CLASS.has(name)) },
      cluster,
      this.#random,
    );
    const byKey = new Map<string, { pods: Pod[]; allowed: boolean[]; requests: ReadonlyMap<number, number> }>();
    const byClass = new Map<unknown, { key: string; message: string }>();
    for (const pod of pods) {
      const info = cluster.describe(pod);
      let known = byClass.get(info.podClass);
      if (!known) {
        const verdicts = slots.map((slot) => judge.verdictNow(info, slot));
        const allowed = verdicts.map((verdict) => verdict === undefined);
        const key = JSON.stringify([[...info.podClass.requests], allowed]);
        known = allowed.includes(true)
          ? { key, message: '' }
          : { key: '', message: `no class takes it: ${verdicts[0]?.reasons.join(', ')}` };
        byClass.set(info.podClass, known);
        if (known.key && !byKey.has(key)) byKey.set(key, { pods: [], allowed, requests: info.podClass.requests });
      }
      if (known.key) byKey.get(known.key)?.pods.push(pod);
      else refused.push({ pod: info.key, message: known.message });
    }
    const groups = [...byKey.values()];
    const kinds = this.#kinds(slots, objective);
    const items = groups.map(({ pods: alike, allowed, requests }): Item => {
      const size = cluster.resources.names.map((_, column) => requests.get(column) ?? 0);
      return { size: [...size, 1], count: alike.length, allowed };
    });
    for (const slot of slots) this.#forget(slot);
    return {
      problem: { items, kinds: kinds.map((kind) => padded(kind, cluster.resources.names.length)) } as Problem,
      groups: groups.map((g) => g.pods),
      refused,
    };
  }

  /** What an empty machine of each class has left beside its daemons; last, how many pods. */
  #kinds(slots: number[], objective: Objective): BinKind[] {
    const { nodes, resources } = this.#world.cluster;
    return this.#classes.map((cls, kind) => {
      const slot = slots[kind] as number;
      const left = resources.names.map(
        (_, column) => Nodes.amount(nodes.allocatable, column, slot) - Nodes.amount(nodes.requested, column, slot),
      );
      const pods = (nodes.allowedPods[slot] ?? 0) - (nodes.podCount[slot] ?? 0);
      return { name: cls.metadata?.name ?? '', capacity: [...left, pods], cost: objective === 'fewest' ? 1 : priceOf(cls) };
    });
  }

  /** Samples served to find out what a class holds; the machines come after. */
  #forget(slot: number): void {
    const name = this.#world.cluster.nodes.at[slot]?.name ?? '';
    for (const [key, { info, node }] of [...this.#world.placed]) {
      if (node !== name) continue;
      this.#world.placed.delete(key);
      this.#world.cluster.displace(info, node);
      this.#world.cluster.drop(info);
    }
    this.#world.cluster.removeNode(name);
    this.#made = 0;
  }
}

/** Resources that were first heard of later are none of this kind's. */
function padded(kind: BinKind, resources: number): BinKind {
  const pods = kind.capacity.at(-1) ?? 0;
  const amounts = kind.capacity.slice(0, -1);
  while (amounts.length < resources) amounts.push(0);
  return { ...kind, capacity: [...amounts, pods] };
}
