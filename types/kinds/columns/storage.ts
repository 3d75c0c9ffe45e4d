/** The cells of volumes and of what provides them. */
import type {
  V1CSIDriver,
  V1CSINode,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1StorageClass,
  V1VolumeAttachment,
  V1VolumeAttributesClass,
} from '@kubernetes/client-node';
import type { ObjectMeta, Wire } from '../../wire.ts';
import { ageOf, type Cells, NONE, nameOf, UNSET } from './common.ts';

const SHORT_MODES: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

/** In a fixed order, each once. */
function modes(list: string[] | undefined): string {
  return Object.keys(SHORT_MODES)
    .filter((mode) => list?.includes(mode))
    .map((mode) => SHORT_MODES[mode])
    .join(',');
}

type Object = { metadata?: ObjectMeta; spec?: { storageClassName?: string } };

/** Before the field there was an annotation. */
function className(object: Object): string {
  return object.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? '';
}

const phaseOf = (object: { metadata?: ObjectMeta; status?: { phase?: string } }) =>
  object.metadata?.deletionTimestamp ? 'Terminating' : (object.status?.phase ?? '');

export const persistentVolumeCells: Cells<Wire<V1PersistentVolume>> = (object, now) => {
  const { spec, status } = object;
  const claim = spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '';
  return [
    nameOf(object),
    spec?.capacity?.storage ?? '0',
    modes(spec?.accessModes),
    spec?.persistentVolumeReclaimPolicy ?? '',
    phaseOf(object),
    claim,
    className(object),
    spec?.volumeAttributesClassName ?? UNSET,
    status?.reason ?? '',
    ageOf(object, now),
    spec?.volumeMode ?? UNSET,
  ];
};

export const persistentVolumeClaimCells: Cells<Wire<V1PersistentVolumeClaim>> = (object, now) => {
  const { spec, status } = object;
  const bound = Boolean(spec?.volumeName);
  return [
    nameOf(object),
    phaseOf(object),
    spec?.volumeName ?? '',
    bound ? (status?.capacity?.storage ?? '0') : '',
    bound ? modes(status?.accessModes) : '',
    className(object),
    spec?.volumeAttributesClassName ?? UNSET,
    ageOf(object, now),
    spec?.volumeMode ?? UNSET,
  ];
};

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export const storageClassCells: Cells<Wire<V1StorageClass>> = (object, now) => {
  const isDefault = DEFAULT_CLASS.some((key) => object.metadata?.annotations?.[key] === 'true');
  return [
    isDefault ? `${nameOf(object)} (default)` : nameOf(object),
    object.provisioner,
    object.reclaimPolicy ?? 'Delete',
    object.volumeBindingMode ?? 'Immediate',
    object.allowVolumeExpansion ?? false,
    ageOf(object, now),
  ];
};

export const volumeAttributesClassCells: Cells<Wire<V1VolumeAttributesClass>> = (object, now) => [
  nameOf(object),
  object.driverName,
  ageOf(object, now),
];

export const volumeAttachmentCells: Cells<Wire<V1VolumeAttachment>> = (object, now) => [
  nameOf(object),
  object.spec.attacher,
  object.spec.source?.persistentVolumeName ?? '',
  object.spec.nodeName,
  object.status?.attached ?? false,
  ageOf(object, now),
];

export const csiDriverCells: Cells<Wire<V1CSIDriver>> = (object, now) => {
  const { spec } = object;
  return [
    nameOf(object),
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    spec.tokenRequests?.length ? spec.tokenRequests.map((t) => t.audience).join(',') : UNSET,
    spec.requiresRepublish ?? false,
    spec.volumeLifecycleModes?.join(',') || NONE,
    ageOf(object, now),
  ];
};

export const csiNodeCells: Cells<Wire<V1CSINode>> = (object, now) => [nameOf(object), object.spec.drivers?.length ?? 0, ageOf(object, now)];
