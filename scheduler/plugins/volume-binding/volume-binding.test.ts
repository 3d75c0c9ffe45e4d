import { describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';
import { planFor } from './volume-binding.ts';

const ZONE = 'topology.kubernetes.io/zone';
const nodes = [aNode('a', { labels: { [ZONE]: 'za' } }), aNode('b', { labels: { [ZONE]: 'zb' } })];
const using = (...claims: string[]) =>
  aPod('p', { spec: { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) } });
const inZone = (zone: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] },
});
const volume = (name: string, zone: string, size: string, spec = {}) => ({
  kind: 'PersistentVolume',
  metadata: { name },
  spec: { capacity: { storage: size }, accessModes: ['ReadWriteOnce'], storageClassName: 'late', nodeAffinity: inZone(zone), ...spec },
  status: { phase: 'Available' },
});
const claim = (name: string, size: string, spec = {}, annotations = {}) => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default', annotations },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'late', resources: { requests: { storage: size } }, ...spec },
});
const late = (provisioner: string, more = {}) => ({
  kind: 'StorageClass',
  metadata: { name: 'late' },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});
const BOUND = { 'pv.kubernetes.io/bind-completed': 'yes' };
const nothing = "node(s) didn't find available persistent volumes to bind";

describe('VolumeBinding', () => {
  it.each([
    ['a claim that is not there', [], { '*': 'persistentvolumeclaim "c" not found' }],
    [
      'a claim of a class that binds at once',
      [claim('c', '1Gi', { storageClassName: 'now' })],
      { '*': 'pod has unbound immediate PersistentVolumeClaims' },
    ],
    [
      'a bound volume of one zone',
      [volume('v', 'za', '1Gi'), claim('c', '1Gi', { volumeName: 'v' }, BOUND)],
      { a: 'ok', b: "node(s) didn't match PersistentVolume's node affinity" },
    ],
    ['an available volume', [late('kubernetes.io/no-provisioner'), volume('v', 'zb', '2Gi'), claim('c', '1Gi')], { a: nothing, b: 'ok' }],
    [
      'a volume that is too small',
      [late('kubernetes.io/no-provisioner'), volume('v', 'zb', '1Gi'), claim('c', '2Gi')],
      { a: nothing, b: nothing },
    ],
    ['a provisioner', [late('example.com/csi'), claim('c', '1Gi')], { a: 'ok', b: 'ok' }],
    [
      'a provisioner for one zone',
      [late('example.com/csi', { allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['za'] }] }] }), claim('c', '1Gi')],
      { a: 'ok', b: nothing },
    ],
    [
      'a claim whose node was chosen',
      [late('example.com/csi'), claim('c', '1Gi', {}, { 'volume.kubernetes.io/selected-node': 'b' })],
      { a: nothing, b: 'ok' },
    ],
  ])('%s', (_, objects, expected) => {
    expect(ask('VolumeBinding', { nodes, objects }).verdicts(using('c'))).toEqual(expected);
  });

  it('gives each claim the smallest volume that will do, and no volume twice', () => {
    const objects = [
      late('kubernetes.io/no-provisioner'),
      volume('large', 'za', '9Gi'),
      volume('small', 'za', '2Gi'),
      claim('c1', '1Gi'),
      claim('c2', '1Gi'),
    ];
    const { cluster, info } = ask('VolumeBinding', { nodes, objects });
    const chosen = (pod: ReturnType<typeof aPod>) => planFor(info(pod), 'a', cluster)?.bindings.map((b) => b.volume.metadata?.name);
    expect(chosen(using('c1'))).toEqual(['small']);
    expect(chosen(using('c1', 'c2'))).toEqual(['small', 'large']);
    cluster.storage.assumedVolumes.set('small', 'default/c2');
    expect(chosen(using('c1'))).toEqual(['large']);
  });
});
