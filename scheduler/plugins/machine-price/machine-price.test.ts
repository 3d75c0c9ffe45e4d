import { expect, it } from 'vitest';
import { Cluster } from '../../cache/cluster.ts';
import { takeIn } from '../../cache/take-in.ts';
import { aNode, aPod } from '../../testing/build.ts';
import { type MachinePriceArgs, machinePrice } from './machine-price.ts';

const priced = (name: string, pricePerHour: string, cpu: string) => ({
  kind: 'MachineClass',
  metadata: { name },
  spec: { pricePerHour, capacity: { cpu, memory: '8Gi' } },
});

it.each<[MachinePriceArgs['per'], number[]]>([
  ['machine', [1000, 3000, 3000]],
  ['cpu', [500, 375, 500]],
])('the price of a %s, unknown ones as the dearest', (per, expected) => {
  const cluster = new Cluster();
  for (const object of [priced('small', '0.1', '2'), priced('large', '0.3', '8')]) takeIn(cluster, object);
  for (const name of ['small', 'large', 'other']) cluster.setNode(aNode(name, { labels: { 'node.kubernetes.io/instance-type': name } }));
  const scores = machinePrice(per ? { per } : {}).prepareScore?.(cluster.describe(aPod('p')), cluster);
  if (!scores || typeof scores === 'function') throw new Error('no scores');
  expect([0, 1, 2].map((slot) => scores.raw(slot))).toEqual(expected);
});
