import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const DRIVER = 'disk.example.com';
const using = (...claims: string[]) =>
  aPod('p', { spec: { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) } });
const bound = (name: string) => [
  { kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'default' }, spec: { volumeName: `v-${name}` } },
  { kind: 'PersistentVolume', metadata: { name: `v-${name}` }, spec: { csi: { driver: DRIVER, volumeHandle: name } } },
];
const limit = (count?: number) => ({
  kind: 'CSINode',
  metadata: { name: 'n' },
  spec: { drivers: [{ name: DRIVER, nodeID: 'n', ...(count !== undefined && { allocatable: { count } }) }] },
});
const attachment = {
  kind: 'VolumeAttachment',
  metadata: { name: 'x' },
  spec: { attacher: DRIVER, nodeName: 'n', source: { persistentVolumeName: 'v-c3' } },
};
const full = 'node(s) exceed max volume count';

it.each([
  ['room for one more', [limit(2)], using('c2'), 'ok'],
  ['no room', [limit(1)], using('c2'), full],
  ['a volume that is there already', [limit(1)], using('c1'), 'ok'],
  ['two new ones', [limit(2)], using('c2', 'c3'), full],
  ['a volume attached for another reason', [limit(2), attachment], using('c2'), full],
  ['no limit told', [limit()], using('c2', 'c3'), 'ok'],
  ['nothing known of the node', [], using('c2', 'c3'), 'ok'],
  ['no claims', [limit(0)], aPod('p'), 'ok'],
])('NodeVolumeLimits: %s', (_, more, pod, expected) => {
  const objects = [...['c1', 'c2', 'c3'].flatMap(bound), ...more];
  expect(ask('NodeVolumeLimits', { nodes: [aNode('n')], pods: { n: [using('c1')] }, objects }).verdicts(pod)).toEqual({ n: expected });
});
