import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim as Claim, Node, PersistentVolume, StorageClass } from '../../client/resources.ts';
import { findVolume } from './match.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, PROVISIONED_BY, SELECTED_NODE } from './names.ts';
import { boundClaim, type ClaimView, claimStatus, claimsAwaitedBy, planClaim } from './plan-claim.ts';
import { boundVolume, planReclaim, planVolume, unboundVolume } from './plan-volume.ts';
import { provisioned, SIMULATED } from './provision.ts';

type ClaimSpec = Partial<NonNullable<Claim['spec']>>;
type VolumeSpec = Partial<NonNullable<PersistentVolume['spec']>>;

const claim = (spec: ClaimSpec = {}, annotations: Record<string, string> = {}): Claim => ({
  metadata: { name: 'c', namespace: 'ns', uid: 'u1', resourceVersion: '7', annotations },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'k', resources: { requests: { storage: '3Gi' } }, ...spec },
  status: { phase: 'Pending' },
});
const volume = (name: string, spec: VolumeSpec = {}, annotations: Record<string, string> = {}): PersistentVolume => ({
  metadata: { name, annotations, labels: { tier: name } },
  spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'k', ...spec },
  status: { phase: 'Available' },
});
const storageClass = (more: Partial<StorageClass> = {}): StorageClass => ({
  metadata: { name: 'k' },
  provisioner: 'example.com/x',
  ...more,
});
const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'ns', name: 'c', uid: 'u1' };
const other = { ...claimRef, name: 'other', uid: 'u2' };

const view = (volumes: PersistentVolume[] = [], ofClass?: StorageClass, waitingPods: string[] = []): ClaimView => ({
  volume: (name) => volumes.find((one) => one.metadata?.name === name),
  volumes: () => volumes,
  storageClass: () => ofClass,
  waitingPods: () => waitingPods,
});

describe('the volume that a claim gets', () => {
  const chosen = (volumes: PersistentVolume[], spec: ClaimSpec = {}, reservedOnly = false) =>
    findVolume(claim(spec), volumes, reservedOnly)?.metadata?.name;

  it('is the smallest that will do', () => {
    expect(chosen([volume('a', { capacity: { storage: '9Gi' } }), volume('b'), volume('c', { capacity: { storage: '1Gi' } })])).toBe('b');
  });
  it('is one with few access modes before a smaller one with many', () => {
    const many = volume('a', { accessModes: ['ReadWriteOnce', 'ReadWriteMany'], capacity: { storage: '3Gi' } });
    expect(chosen([many, volume('b')])).toBe('b');
  });
  it('is the one that is reserved for it, even while others wait for the scheduler', () => {
    const volumes = [volume('a'), volume('b', { claimRef: { ...claimRef, uid: '' }, storageClassName: 'z' })];
    expect(chosen(volumes)).toBe('b');
    expect(chosen(volumes, {}, true)).toBe('b');
    expect(chosen([volume('a')], {}, true)).toBeUndefined();
  });
  it.each<[string, VolumeSpec, ClaimSpec]>([
    ['another class', { storageClassName: 'z' }, {}],
    ['another mode', { volumeMode: 'Block' }, {}],
    ['too few access modes', {}, { accessModes: ['ReadWriteMany'] }],
    ['other labels', {}, { selector: { matchLabels: { tier: 'x' } } }],
    ['another claim', { claimRef: other }, {}],
  ])('is none of %s', (_, volumeSpec, claimSpec) => {
    expect(chosen([volume('a', volumeSpec)], claimSpec)).toBeUndefined();
  });
});

describe('a claim', () => {
  const late = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' });
  const reasonOf = (one: Claim, seen: ClaimView) => {
    const plan = planClaim(one, seen);
    return `${plan.do} ${'told' in plan ? (plan.told?.reason ?? '') : ''}`.trim();
  };

  it.each<[string, Claim, ClaimView, string]>([
    ['waits without a class', claim({ storageClassName: '' }), view(), 'wait FailedBinding'],
    ['waits for its class', claim(), view(), 'wait ProvisioningFailed'],
    [
      'is not provisioned where nobody does',
      claim(),
      view([], storageClass({ provisioner: 'kubernetes.io/no-provisioner' })),
      'wait ProvisioningFailed',
    ],
    ['is provisioned', claim(), view([], storageClass()), 'provision'],
    ['takes a volume that is there', claim(), view([volume('a')], storageClass()), 'bind'],
    ['waits for a consumer', claim(), view([volume('a')], late), 'wait WaitForFirstConsumer'],
    ['waits for its pod', claim(), view([], late, ['p']), 'wait WaitForPodScheduled'],
    ['is provisioned for its node', claim({}, { [SELECTED_NODE]: 'n' }), view([], late), 'provision'],
    ['waits for the volume it names', claim({ volumeName: 'a' }), view(), 'wait'],
    ['gets the volume it names', claim({ volumeName: 'a' }), view([volume('a')]), 'bind'],
    ['is refused one too small', claim({ volumeName: 'a' }), view([volume('a', { capacity: { storage: '1' } })]), 'wait VolumeMismatch'],
    ["is refused another's", claim({ volumeName: 'a' }), view([volume('a', { claimRef: other })]), 'wait FailedBinding'],
    ['stays bound', claim({ volumeName: 'a' }, { [BIND_COMPLETED]: 'yes' }), view([volume('a', { claimRef })]), 'bind'],
    ['loses its volume', claim({ volumeName: 'a' }, { [BIND_COMPLETED]: 'yes' }), view(), 'lose ClaimLost'],
    ['loses its reference', claim({}, { [BIND_COMPLETED]: 'yes' }), view(), 'lose ClaimLost'],
    [
      'is bound wrongly',
      claim({ volumeName: 'a' }, { [BIND_COMPLETED]: 'yes' }),
      view([volume('a', { claimRef: other })]),
      'lose ClaimMisbound',
    ],
  ])('%s', (_, one, seen, expected) => {
    expect(reasonOf(one, seen)).toBe(expected);
  });

  it('says who bound it, once', () => {
    const bound = boundClaim(claim(), volume('a'));
    expect(bound.metadata?.annotations).toEqual({ [BIND_COMPLETED]: 'yes', [BOUND_BY_CONTROLLER]: 'yes' });
    expect(boundClaim(bound, volume('a'))).toBe(bound);
    expect(boundClaim(claim({ volumeName: 'a' }), volume('a')).metadata?.annotations).toEqual({ [BIND_COMPLETED]: 'yes' });
  });

  it("has its volume's size and modes while it is bound", () => {
    const status = claimStatus(claim(), 'Bound', volume('a'));
    expect(status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' } });
    expect(claimStatus({ ...claim(), status }, 'Lost')).toEqual({ phase: 'Lost' });
  });

  it('is awaited by pods that are on no node', () => {
    const spec = {
      containers: [],
      volumes: [
        { name: 'v', persistentVolumeClaim: { claimName: 'c' } },
        { name: 'e', ephemeral: {} },
      ],
    };
    expect(claimsAwaitedBy({ metadata: { name: 'p' }, spec })).toEqual(['c', 'p-e']);
    expect(claimsAwaitedBy({ metadata: { name: 'p' }, spec: { ...spec, nodeName: 'n' } })).toEqual([]);
  });
});

describe('a volume', () => {
  it.each<[string, PersistentVolume, Claim | undefined, object]>([
    ['is free', volume('a'), undefined, { do: 'phase', phase: 'Available' }],
    ['is free while it is reserved', volume('a', { claimRef: { ...claimRef, uid: '' } }), claim(), { do: 'phase', phase: 'Available' }],
    ['is bound', volume('a', { claimRef }), claim({ volumeName: 'a' }), { do: 'phase', phase: 'Bound' }],
    ['is released', volume('a', { claimRef }), undefined, { do: 'release' }],
    ['is released when its claim was made anew', volume('a', { claimRef: { ...claimRef, uid: 'u0' } }), claim(), { do: 'release' }],
    ['reminds its claim', volume('a', { claimRef }), claim(), { do: 'tellClaim' }],
    ['is let go', volume('a', { claimRef }), claim({ volumeName: 'b' }), { do: 'unbind' }],
    [
      'is not needed',
      volume('a', { claimRef, persistentVolumeReclaimPolicy: 'Delete' }, { [PROVISIONED_BY]: SIMULATED }),
      claim({ volumeName: 'b' }),
      { do: 'release' },
    ],
  ])('%s', (_, one, of, expected) => {
    expect(planVolume(one, of)).toEqual(expected);
  });

  it.each<[string, string, string | undefined, string]>([
    ['is kept', 'Retain', SIMULATED, 'nothing'],
    ['is deleted', 'Delete', SIMULATED, 'delete'],
    ["is its provisioner's to delete", 'Delete', 'example.com/x', 'nothing'],
    ['can not be deleted', 'Delete', undefined, 'fail'],
    ['can not be recycled', 'Recycle', undefined, 'fail'],
  ])('%s when it is released', (_, policy, by, expected) => {
    const released = volume('a', { persistentVolumeReclaimPolicy: policy }, by ? { [PROVISIONED_BY]: by } : {});
    expect(planReclaim(released, SIMULATED).do).toBe(expected);
  });

  it('is free again after it was bound, and stays reserved if it was', () => {
    const free = volume('a');
    expect(unboundVolume(boundVolume(free, claim()))).toEqual(free);
    const reserved = volume('a', { claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace: 'ns', name: 'c' } });
    const bound = boundVolume(reserved, claim());
    expect(bound.spec?.claimRef?.uid).toBe('u1');
    expect(unboundVolume(bound)).toEqual(reserved);
  });
});

describe('a simulated volume', () => {
  const ZONE = 'topology.kubernetes.io/zone';
  const node: Node = { metadata: { name: 'n', labels: { [ZONE]: 'za' } } };
  const placeOf = (one: PersistentVolume) => one.spec?.nodeAffinity?.required?.nodeSelectorTerms;

  it('is as the claim and the class ask', () => {
    const made = provisioned(claim(), storageClass({ reclaimPolicy: 'Retain', parameters: { tier: 'fast' } }), undefined);
    expect(made.metadata).toEqual({ name: 'pvc-u1', annotations: { [PROVISIONED_BY]: SIMULATED } });
    expect(made.spec).toMatchObject({
      capacity: { storage: '3Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: 'ns', name: 'c', uid: 'u1' },
      csi: { driver: 'sim.kumulus.dev', volumeHandle: 'pvc-u1', volumeAttributes: { tier: 'fast' } },
    });
    expect(placeOf(made)).toBeUndefined();
  });
  it('is in the zone of its first consumer, else where the class allows', () => {
    const inZone = (zone: string) => [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }];
    const zoned = storageClass({ allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['zb'] }] }] });
    expect(placeOf(provisioned(claim(), zoned, node))).toEqual(inZone('za'));
    expect(placeOf(provisioned(claim(), zoned, undefined))).toEqual(inZone('zb'));
  });
});
