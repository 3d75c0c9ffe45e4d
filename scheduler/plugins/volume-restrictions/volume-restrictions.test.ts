import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const nodes = [aNode('a'), aNode('b')];
const holding = (volume: object) => aPod('p', { spec: { volumes: [{ name: 'v', ...volume } as never] } });
const taken = 'node(s) had no available disk';
const gce = (readOnly: boolean) => holding({ gcePersistentDisk: { pdName: 'd', readOnly } });
const ebs = holding({ awsElasticBlockStore: { volumeID: 'd', readOnly: true } });
const rbd = (...monitors: string[]) => holding({ rbd: { monitors, image: 'i', pool: 'p' } });

it.each([
  ['a GCE disk that both write', gce(false), gce(false), taken],
  ['a GCE disk that both read', gce(true), gce(true), 'ok'],
  ['an EBS disk, even to read', ebs, ebs, taken],
  ['an RBD image by one of its monitors', rbd('m1', 'm2'), rbd('m2', 'm3'), taken],
  ['an RBD image of other monitors', rbd('m1'), rbd('m2'), 'ok'],
  ['disks of different kinds', gce(false), ebs, 'ok'],
])('VolumeRestrictions: %s', (_, there, pod, expected) => {
  expect(ask('VolumeRestrictions', { nodes, pods: { a: [there] } }).verdicts(pod)).toEqual({ a: expected, b: 'ok' });
});

it('VolumeRestrictions keeps a ReadWriteOncePod claim to one pod', () => {
  const claim = {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOncePod'] },
  };
  const pod = holding({ persistentVolumeClaim: { claimName: 'c' } });
  const inUse = 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod';
  expect(ask('VolumeRestrictions', { nodes, objects: [claim] }).verdicts(pod)).toEqual({ a: 'ok', b: 'ok' });
  expect(ask('VolumeRestrictions', { nodes, objects: [claim], pods: { a: [pod] } }).verdicts(pod)).toEqual({ a: inUse, b: inUse });
  expect(ask('VolumeRestrictions', { nodes }).verdicts(pod)).toEqual({ '*': 'persistentvolumeclaim "c" not found' });
});
