import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const ZONE = 'topology.kubernetes.io/zone';
const nodes = [aNode('a', { labels: { [ZONE]: 'za' } }), aNode('b', { labels: { [ZONE]: 'zb' } }), aNode('nowhere')];
const pod = aPod('p', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] } });
const claim = { kind: 'PersistentVolumeClaim', metadata: { name: 'c', namespace: 'default' }, spec: { volumeName: 'v' } };
const volume = (labels: object) => ({ kind: 'PersistentVolume', metadata: { name: 'v', labels }, spec: {} });
const no = 'node(s) had no available volume zone';

it.each([
  ['a zone', [claim, volume({ [ZONE]: 'za' })], { a: 'ok', b: no, nowhere: 'ok' }],
  ['several zones', [claim, volume({ [ZONE]: 'za__zb' })], { a: 'ok', b: 'ok', nowhere: 'ok' }],
  [
    'the label as it was once called',
    [claim, volume({ 'failure-domain.beta.kubernetes.io/zone': 'zb' })],
    { a: no, b: 'ok', nowhere: 'ok' },
  ],
  ['no zone', [claim, volume({})], { a: 'ok', b: 'ok', nowhere: 'ok' }],
  ['no volume', [claim], { '*': 'persistentvolume "v" not found' }],
])('VolumeZone: %s', (_, objects, expected) => {
  expect(ask('VolumeZone', { nodes, objects }).verdicts(pod)).toEqual(expected);
});
