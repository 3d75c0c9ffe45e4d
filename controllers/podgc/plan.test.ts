import { expect, test } from 'vitest';
import type { Node, Pod } from '../../client/resources.ts';
import { abandoned, surplus } from './plan.ts';

const pod = (name: string, phase: string, more: { born?: string; deleting?: boolean; node?: string } = {}): Pod =>
  ({
    metadata: { name, creationTimestamp: more.born ?? '', ...(more.deleting && { deletionTimestamp: 'now' }) },
    spec: { containers: [], ...(more.node && { nodeName: more.node }) },
    status: { phase },
  }) as unknown as Pod;

const names = (pods: Pod[]) => pods.map((p) => p.metadata?.name);

test('finished pods beyond the threshold go, the oldest first', () => {
  const pods = [
    pod('c', 'Failed', { born: '3' }),
    pod('a', 'Succeeded', { born: '1' }),
    pod('b', 'Failed', { born: '2' }),
    pod('r', 'Running'),
  ];
  expect(names(surplus(pods, 1))).toEqual(['a', 'b']);
  expect(surplus(pods, 3)).toEqual([]);
  expect(surplus(pods, 0)).toEqual([]);
});

test('terminating pods that nobody will end', () => {
  const dead = { spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] }, status: {} } as unknown as Node;
  const nodes: Record<string, Node> = { well: { spec: {} } as Node, dead };
  const pods = [
    pod('unbound', 'Pending', { deleting: true }),
    pod('waiting', 'Pending'),
    pod('ending', 'Running', { deleting: true, node: 'well' }),
    pod('lost', 'Running', { deleting: true, node: 'dead' }),
  ];
  expect(names(abandoned(pods, (name) => nodes[name]))).toEqual(['unbound', 'lost']);
});
