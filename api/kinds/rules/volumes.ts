/** Volumes of a pod. */
import type { V1Volume } from '@kubernetes/client-node';
import { dns1123Label } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';
import { backstepFaults } from './containers.ts';
import { volumeFieldRefFaults } from './env.ts';

type Volume = Wire<V1Volume>;

/** In the order in which Kubernetes looks at them: the first that is given is the volume's, further ones are refused. */
const SOURCES = [
  ...['emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi', 'glusterfs', 'flocker'],
  ...['persistentVolumeClaim', 'rbd', 'cinder', 'cephfs', 'quobyte', 'downwardAPI', 'fc', 'flexVolume', 'configMap', 'azureFile'],
  ...[
    'vsphereVolume',
    'photonPersistentDisk',
    'portworxVolume',
    'azureDisk',
    'storageos',
    'projected',
    'scaleIO',
    'csi',
    'ephemeral',
    'image',
  ],
] as const;

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export function volumesFaults(volumes: Volume[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const names = new Set<string>();
  for (const [i, volume] of (volumes ?? []).entries()) {
    const path = `${at}[${i}]`;
    faults.push(...sourceFaults(volume, path));
    if (!volume.name) faults.push(required(`${path}.name`));
    else {
      faults.push(...invalidEach(`${path}.name`, volume.name, dns1123Label(volume.name)));
      if (names.has(volume.name)) faults.push(duplicate(`${path}.name`, volume.name));
      names.add(volume.name);
    }
  }
  return faults;
}

function sourceFaults(volume: Volume, at: string): FieldError[] {
  const given = SOURCES.filter((source) => volume[source]);
  if (given.length === 0) return [required(at, 'must specify a volume type')];
  const faults = ownFaults(volume, at);
  for (const source of given.slice(1)) faults.push(forbidden(`${at}.${source}`, 'may not specify more than 1 volume type'));
  return faults;
}

function ownFaults(volume: Volume, at: string): FieldError[] {
  const { hostPath, secret, configMap, nfs, persistentVolumeClaim, downwardAPI, csi, iscsi, ephemeral } = volume;
  const faults: FieldError[] = [];
  const need = (value: unknown, field: string) => {
    if (!value) faults.push(required(`${at}.${field}`));
  };
  if (hostPath) faults.push(...hostPathFaults(hostPath, `${at}.hostPath`));
  if (secret) {
    need(secret.secretName, 'secret.secretName');
    faults.push(...itemsFaults(secret.items, `${at}.secret.items`), ...modeFaults(secret.defaultMode, `${at}.secret.defaultMode`));
  }
  if (configMap) {
    need(configMap.name, 'configMap.name');
    faults.push(
      ...itemsFaults(configMap.items, `${at}.configMap.items`),
      ...modeFaults(configMap.defaultMode, `${at}.configMap.defaultMode`),
    );
  }
  if (nfs) {
    need(nfs.server, 'nfs.server');
    need(nfs.path, 'nfs.path');
    if (nfs.path && !nfs.path.startsWith('/')) faults.push(invalid(`${at}.nfs.path`, nfs.path, 'must be an absolute path'));
  }
  if (persistentVolumeClaim) need(persistentVolumeClaim.claimName, 'persistentVolumeClaim.claimName');
  if (csi) need(csi.driver, 'csi.driver');
  if (iscsi) {
    need(iscsi.targetPortal, 'iscsi.targetPortal');
    need(iscsi.iqn, 'iscsi.iqn');
  }
  if (ephemeral) need(ephemeral.volumeClaimTemplate, 'ephemeral.volumeClaimTemplate');
  for (const [i, item] of (downwardAPI?.items ?? []).entries()) {
    const path = `${at}.downwardAPI.items[${i}]`;
    if (!item.path) faults.push(required(`${path}.path`));
    if (item.fieldRef) faults.push(...volumeFieldRefFaults(item.fieldRef, `${path}.fieldRef`));
    else if (!item.resourceFieldRef) faults.push(required(`${path}`, 'one of fieldRef and resourceFieldRef is required'));
  }
  return faults;
}

function hostPathFaults(hostPath: { path: string; type?: string }, at: string): FieldError[] {
  if (!hostPath.path) return [required(`${at}.path`)];
  const faults = backstepFaults(hostPath.path, `${at}.path`);
  if (!HOST_PATH_TYPES.includes(hostPath.type ?? '')) faults.push(notSupported(`${at}.type`, hostPath.type, HOST_PATH_TYPES));
  return faults;
}

function itemsFaults(items: { key: string; path: string; mode?: number }[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, { key, path, mode }] of (items ?? []).entries()) {
    if (!key) faults.push(required(`${at}[${i}].key`));
    if (!path) faults.push(required(`${at}[${i}].path`));
    else {
      if (path.startsWith('/')) faults.push(invalid(`${at}[${i}].path`, path, 'must be a relative path'));
      faults.push(...backstepFaults(path, `${at}[${i}].path`));
    }
    faults.push(...modeFaults(mode, `${at}[${i}].mode`));
  }
  return faults;
}

function modeFaults(mode: number | undefined, at: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
