/** Simulated volumes: what the provisioner of the default class makes for a claim. Pure. */
import {
  type PersistentVolumeClaim as Claim,
  type Node,
  type PersistentVolume,
  persistentVolumeClaims,
  type StorageClass,
} from '../../client/resources.ts';
import { classNameOf, modeOf, PROVISIONED_BY } from './names.ts';

/** In StorageClasses. */
export const SIMULATED = 'sim.kumulus.dev/provisioner';
/** In the volumes made for them. */
export const DRIVER = 'sim.kumulus.dev';

const ZONE = 'topology.kubernetes.io/zone';

type NodeAffinity = NonNullable<NonNullable<PersistentVolume['spec']>['nodeAffinity']>;

/** As provisioners beside Kubernetes do: one claim, one volume, however often it is asked for. */
export const volumeNameFor = (claim: Claim): string => `pvc-${claim.metadata?.uid}`;

/** `node`: where the first consumer goes; without one, the class alone says where the volume can be reached. */
export function provisioned(claim: Claim, storageClass: StorageClass, node: Node | undefined): PersistentVolume {
  const { namespace = '', uid = '', resourceVersion = '' } = claim.metadata ?? {};
  const name = volumeNameFor(claim);
  const nodeAffinity = placeOf(storageClass, node);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [PROVISIONED_BY]: SIMULATED } },
    spec: {
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '0' },
      accessModes: claim.spec?.accessModes ?? [],
      volumeMode: modeOf(claim),
      storageClassName: classNameOf(claim),
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      claimRef: { apiVersion: 'v1', kind: persistentVolumeClaims.kind, name: claim.metadata?.name ?? '', namespace, uid, resourceVersion },
      csi: { driver: DRIVER, volumeHandle: name, ...(storageClass.parameters && { volumeAttributes: storageClass.parameters }) },
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      ...(nodeAffinity && { nodeAffinity }),
    },
  };
}

function placeOf({ allowedTopologies }: StorageClass, node: Node | undefined): NodeAffinity | undefined {
  const zone = node?.metadata?.labels?.[ZONE];
  const places = zone
    ? [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }]
    : (allowedTopologies ?? []).map(({ matchLabelExpressions = [] }) => ({
        matchExpressions: matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In', values })),
      }));
  return places.length > 0 ? { required: { nodeSelectorTerms: places } } : undefined;
}
