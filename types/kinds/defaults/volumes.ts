/** Defaults of volumes, in pods and as PersistentVolumes. */
import type { V1PersistentVolumeClaimSpec, V1PersistentVolumeSpec, V1Volume } from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';

/** rw-r--r-- */
const FILE_MODE = 0o644;

type DownwardItems = { fieldRef?: { apiVersion?: string } }[] | undefined;

export function defaultVolume(volume: Wire<V1Volume>): void {
  // A volume that names no source is an empty directory.
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  if (volume.secret) volume.secret.defaultMode ??= FILE_MODE;
  if (volume.configMap) volume.configMap.defaultMode ??= FILE_MODE;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= FILE_MODE;
    defaultFieldRefs(volume.downwardAPI.items);
  }
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.ephemeral?.volumeClaimTemplate?.spec) defaultClaimSpec(volume.ephemeral.volumeClaimTemplate.spec);
  defaultSources(volume);
}

function defaultProjected(projected: NonNullable<Wire<V1Volume>['projected']>): void {
  projected.defaultMode ??= FILE_MODE;
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    defaultFieldRefs(source.downwardAPI?.items);
  }
}

function defaultFieldRefs(items: DownwardItems): void {
  for (const { fieldRef } of items ?? []) if (fieldRef) fieldRef.apiVersion ??= 'v1';
}

/** Sources that a pod's volume and a PersistentVolume have in common. */
type Sources = Pick<Wire<V1Volume>, 'hostPath' | 'azureDisk'> & {
  iscsi?: { iscsiInterface?: string };
  rbd?: { pool?: string; user?: string; keyring?: string };
  scaleIO?: { storageMode?: string; fsType?: string };
};

function defaultSources(sources: Sources): void {
  const { hostPath, iscsi, rbd, azureDisk, scaleIO } = sources;
  if (hostPath) hostPath.type ??= '';
  if (iscsi) iscsi.iscsiInterface ??= 'default';
  if (rbd) {
    rbd.pool ??= 'rbd';
    rbd.user ??= 'admin';
    rbd.keyring ??= '/etc/ceph/keyring';
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO) {
    scaleIO.storageMode ??= 'ThinProvisioned';
    scaleIO.fsType ??= 'xfs';
  }
}

export function defaultClaimSpec(spec: Wire<V1PersistentVolumeClaimSpec>): void {
  spec.volumeMode ??= 'Filesystem';
}

export function defaultVolumeSpec(spec: Wire<V1PersistentVolumeSpec>): void {
  spec.persistentVolumeReclaimPolicy ??= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  defaultSources(spec as Sources);
}
