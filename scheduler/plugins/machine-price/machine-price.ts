/** Prefers machines of cheaper classes. A node's class is its label node.kubernetes.io/instance-type; its price, the MachineClass's pricePerHour. */
import { machineClasses } from '../../../client/cloud.ts';
import { milliValue, wholeValue } from '../../../types/quantity.ts';
import type { Cluster } from '../../cache/cluster.ts';
import { ConfigError } from '../../config/error.ts';
import type { Plugin } from '../../framework/plugin.ts';

export interface MachinePriceArgs {
  /** What is compared: the price of the whole machine (default), or of each cpu, or of each GiB of memory of it. */
  per?: 'machine' | 'cpu' | 'memory';
}

const CLASS = 'node.kubernetes.io/instance-type';
/** Raw scores are whole numbers: prices in ten-thousandths. */
const FINE = 10_000;

export function machinePrice(args: MachinePriceArgs = {}): Plugin {
  const per = args.per ?? 'machine';
  if (!['machine', 'cpu', 'memory'].includes(per))
    throw new ConfigError(`arguments of plugin "MachinePrice": per is machine, cpu or memory, not "${per}"`);
  const known = new WeakMap<Cluster, { text: string; version: number; prices: Map<string, number>; highest: number }>();
  const pricesOf = (cluster: Cluster) => {
    const text = JSON.stringify(
      [...cluster.machineClasses.values()].map(({ metadata, spec }) => [metadata?.name, spec.pricePerHour, spec.capacity]),
    );
    const before = known.get(cluster);
    if (before?.text === text) return before;
    const prices = new Map(
      [...cluster.machineClasses].map(([name, { spec }]) => [name, priceOf(Number(spec.pricePerHour ?? 0), spec.capacity, per)]),
    );
    const now = { text, version: (before?.version ?? 0) + 1, prices, highest: Math.max(0, ...prices.values()) };
    known.set(cluster, now);
    return now;
  };
  return {
    name: 'MachinePrice',
    follows: [machineClasses],
    // The same for all pods.
    shape: () => '',
    epoch: (_podClass, cluster) => pricesOf(cluster).version,
    prepareScore: (_pod, cluster) => {
      const { prices, highest } = pricesOf(cluster);
      // What has no price is taken for the dearest.
      return { raw: (slot) => prices.get(cluster.nodes.at[slot]?.labels[CLASS] ?? '') ?? highest, normalize: 'least' };
    },
  };
}

function priceOf(perHour: number, capacity: Record<string, string | number>, per: MachinePriceArgs['per']): number {
  const amount = { machine: 1, cpu: milliValue(capacity.cpu ?? '0') / 1000, memory: wholeValue(capacity.memory ?? '0') / 2 ** 30 }[
    per ?? 'machine'
  ];
  return amount > 0 ? Math.round((FINE * perHour) / amount) : 0;
}
