import { expect, it } from 'vitest';
import { Cluster } from '../../cache/cluster.ts';
import { takeIn } from '../../cache/take-in.ts';
import { aNode, aPod } from '../../testing/build.ts';
import { capacityScheduling } from './capacity-scheduling.ts';

const quota = (namespace: string, min: string, max: string) => ({
  kind: 'ElasticQuota',
  metadata: { name: 'q', namespace },
  spec: { min: { cpu: min }, max: { cpu: max } },
});
const podIn = (namespace: string, cpu: string) => {
  const pod = aPod('p', { requests: { cpu } });
  return { ...pod, metadata: { ...pod.metadata, namespace } };
};

it.each([
  ['what is its own', '2', '0', undefined],
  ['what others do not use', '3', '0', undefined],
  ['not more than its max', '5', '0', 'ElasticQuota q is more than Max'],
  ['not what others use', '3', '2', 'total ElasticQuota used is more than min'],
  ['no limit without a quota', '9', '0', undefined, 'free'],
])('a namespace gets %s', (_, cpu, used, expected, namespace = 'a') => {
  const cluster = new Cluster();
  cluster.setNode(aNode('n'));
  for (const object of [quota('a', '2', '4'), quota('b', '2', '4')]) takeIn(cluster, object);
  cluster.place(cluster.describe(podIn('b', used)), 'n');
  const run = capacityScheduling().prepareFilter?.(cluster.describe(podIn(namespace, cpu)), cluster);
  expect(run && 'refused' in run ? run.refused.reasons[0] : undefined).toBe(expected);
});
