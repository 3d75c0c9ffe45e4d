/** What can be said of a cluster in a few numbers: how full, how fragmented, how evenly spread, how dear. */
import type { Cluster } from '../cache/cluster.ts';
import { Nodes } from '../cache/nodes.ts';
import type { World } from '../world/world.ts';

export interface Measures {
  nodes: number;
  /** Nodes with at least one pod that is not a daemon. */
  nodesUsed: number;
  pods: number;
  /** By resource that pods ask for or nodes have; shares are 0 to 1 of what all nodes have. */
  utilisation: Record<string, { requested: number; allocatable: number; share: number }>;
  /**
   * The share, 0 to 1, of the free room that is of no use because it lies in pieces: 1 less (how many pods of average size still fit, node by
   * node) / (how many would fit if all the free room were on one node). 0 if none would fit anyhow.
   */
  fragmentation: number;
  spread: {
    /** Pods by value of topology.kubernetes.io/zone; nodes without one count as `-`. */
    podsByZone: Record<string, number>;
    /** Of the nodes' shares of requested cpu: 0 is perfectly even. */
    standardDeviationOfCpu: number;
    /** The largest share of one workload's pods (of those of at least two) that one node, and one zone, holds. */
    mostOnOneNode: number;
    mostInOneZone: number;
  };
  cost: {
    /** Of all nodes whose class (label node.kubernetes.io/instance-type) has a price. */
    perHour: number;
    /** Of those that are used. */
    perHourUsed: number;
    /** Nodes of no known class. */
    unpriced: number;
  };
}

const ZONE = 'topology.kubernetes.io/zone';
const CLASS = 'node.kubernetes.io/instance-type';
const round = (value: number, digits = 4) => Math.round(value * 10 ** digits) / 10 ** digits;

export function measure(world: World): Measures {
  const { cluster } = world;
  const used = new Set<string>();
  for (const { info, node } of world.placed.values()) if (!isDaemon(info.pod.metadata?.ownerReferences)) used.add(node);
  return {
    nodes: cluster.nodes.count,
    nodesUsed: [...used].filter((name) => cluster.nodes.get(name)).length,
    pods: world.placed.size,
    utilisation: utilisationOf(cluster),
    fragmentation: round(fragmentationOf(world)),
    spread: spreadOf(world),
    cost: costOf(world, used),
  };
}

const isDaemon = (owners: { kind: string; controller?: boolean }[] | undefined) =>
  owners?.some((owner) => owner.controller && owner.kind === 'DaemonSet') ?? false;

/** cpu in thousandths, as everywhere in the cluster; shown in whole cpus. */
const unit = (name: string, amount: number) => (name === 'cpu' ? amount / 1000 : amount);

function utilisationOf({ nodes, resources }: Cluster): Measures['utilisation'] {
  const found: Measures['utilisation'] = {};
  const enter = (name: string, requested: number, allocatable: number) => {
    if (requested === 0 && allocatable === 0) return;
    const share = allocatable > 0 ? round(requested / allocatable) : 0;
    found[name] = { requested: unit(name, requested), allocatable: unit(name, allocatable), share };
  };
  for (const [column, name] of resources.names.entries()) {
    let requested = 0;
    let allocatable = 0;
    for (const slot of nodes.slots) {
      requested += Nodes.amount(nodes.requested, column, slot);
      allocatable += Nodes.amount(nodes.allocatable, column, slot);
    }
    enter(name, requested, allocatable);
  }
  let pods = 0;
  let room = 0;
  for (const slot of nodes.slots) {
    pods += nodes.podCount[slot] ?? 0;
    room += nodes.allowedPods[slot] ?? 0;
  }
  enter('pods', pods, room);
  return found;
}

function fragmentationOf({ cluster: { nodes }, placed }: World): number {
  const sums = new Map<number, number>();
  for (const { info } of placed.values())
    for (const [column, amount] of info.podClass.requests) sums.set(column, (sums.get(column) ?? 0) + amount);
  const mean = [...sums].map(([column, sum]) => ({ column, amount: sum / placed.size })).filter(({ amount }) => amount > 0);
  if (mean.length === 0) return 0;
  const free = mean.map(() => 0);
  let freePods = 0;
  let fits = 0;
  for (const slot of nodes.slots) {
    const room = (nodes.allowedPods[slot] ?? 0) - (nodes.podCount[slot] ?? 0);
    let here = room;
    for (const [i, { column, amount }] of mean.entries()) {
      const left = Math.max(0, Nodes.amount(nodes.allocatable, column, slot) - Nodes.amount(nodes.requested, column, slot));
      free[i] = (free[i] ?? 0) + left;
      here = Math.min(here, Math.floor(left / amount));
    }
    fits += Math.max(0, here);
    freePods += room;
  }
  const whole = Math.min(freePods, ...mean.map(({ amount }, i) => Math.floor((free[i] ?? 0) / amount)));
  return whole > 0 ? 1 - fits / whole : 0;
}

function spreadOf({ cluster: { nodes }, placed }: World): Measures['spread'] {
  const podsByZone: Record<string, number> = {};
  const zoneOf = (node: string) => nodes.get(node)?.labels[ZONE] ?? '-';
  for (const slot of nodes.slots) podsByZone[nodes.at[slot]?.labels[ZONE] ?? '-'] = 0;
  const workloads = new Map<string, string[]>();
  for (const { info, node } of placed.values()) {
    podsByZone[zoneOf(node)] = (podsByZone[zoneOf(node)] ?? 0) + 1;
    const owner = info.pod.metadata?.ownerReferences?.find((other) => other.controller);
    if (!owner || owner.kind === 'DaemonSet') continue;
    const key = `${info.podClass.namespace}/${owner.kind}/${owner.name}`;
    const where = workloads.get(key);
    if (where) where.push(node);
    else workloads.set(key, [node]);
  }
  const several = [...workloads.values()].filter((where) => where.length > 1);
  return {
    podsByZone,
    standardDeviationOfCpu: round(deviation([...nodes.slots].map((slot) => shareOfCpu(nodes, slot)))),
    mostOnOneNode: round(Math.max(0, ...several.map((where) => largestShare(where)))),
    mostInOneZone: round(Math.max(0, ...several.map((where) => largestShare(where.map(zoneOf))))),
  };
}

function shareOfCpu(nodes: Nodes, slot: number): number {
  const all = Nodes.amount(nodes.allocatable, 0, slot);
  return all > 0 ? Nodes.amount(nodes.requested, 0, slot) / all : 0;
}

function deviation(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1));
}

function largestShare(where: string[]): number {
  const counts = new Map<string, number>();
  for (const place of where) counts.set(place, (counts.get(place) ?? 0) + 1);
  return Math.max(...counts.values()) / where.length;
}

function costOf({ cluster: { nodes, machineClasses } }: World, used: Set<string>): Measures['cost'] {
  let perHour = 0;
  let perHourUsed = 0;
  let unpriced = 0;
  for (const slot of nodes.slots) {
    const node = nodes.at[slot];
    const machineClass = machineClasses.get(node?.labels[CLASS] ?? '');
    if (!machineClass) unpriced++;
    const price = Number(machineClass?.spec.pricePerHour ?? 0);
    perHour += price;
    if (node && used.has(node.name)) perHourUsed += price;
  }
  return { perHour: round(perHour), perHourUsed: round(perHourUsed), unpriced };
}
