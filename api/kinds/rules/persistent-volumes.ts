/** PersistentVolumes and claims (kubernetes: ValidatePersistentVolume, ValidatePersistentVolumeClaim). */
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1PersistentVolumeClaimSpec } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import { dns1123Subdomain } from '../../../types/names.ts';
import { compareQuantities, parseQuantity } from '../../../types/quantity.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';
import { labelSelectorFaults } from './selectors.ts';

type Volume = Wire<V1PersistentVolume>;
type Claim = Wire<V1PersistentVolumeClaim>;
type ClaimSpec = Wire<V1PersistentVolumeClaimSpec>;

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const RECLAIM = ['Delete', 'Recycle', 'Retain'];
/** Everything else of a PersistentVolume's spec names where the data is. */
const NOT_A_SOURCE = [
  ...['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName'],
  ...['volumeAttributesClassName', 'volumeMode'],
];

export function claimFaults(spec: ClaimSpec | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [...modeFaults(spec?.accessModes, at, 'at least 1 access mode is required')];
  faults.push(...labelSelectorFaults(spec?.selector, `${at}.selector`));
  const storage = spec?.resources?.requests?.storage;
  if (storage === undefined) faults.push(required(`${at}.resources[storage]`));
  else faults.push(...positiveFaults(storage, `${at}.resources[storage]`));
  const name = spec?.storageClassName;
  if (name) faults.push(...invalidEach(`${at}.storageClassName`, name, dns1123Subdomain(name)));
  const mode = spec?.volumeMode;
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) faults.push(notSupported(`${at}.volumeMode`, mode, VOLUME_MODES));
  return faults;
}

function positiveFaults(amount: string, at: string): FieldError[] {
  return parseQuantity(amount).nano > 0n ? [] : [invalid(at, amount, 'must be greater than zero')];
}

function modeFaults(modes: string[] | undefined | null, at: string, needed: string): FieldError[] {
  if (!modes?.length) return [required(`${at}.accessModes`, needed)];
  const faults = modes.filter((mode) => !MODES.includes(mode)).map((mode) => notSupported(`${at}.accessModes`, mode, MODES));
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    faults.push(forbidden(`${at}.accessModes`, 'may not use ReadWriteOncePod with other access modes'));
  }
  return faults;
}

/** A bound claim may ask for more; nothing else changes. */
export function claimChangeFaults({ spec, status }: Claim, { spec: old }: Claim): FieldError[] {
  if (!spec || !old) return [];
  const bound = status?.phase === 'Bound';
  const free = (s: ClaimSpec): ClaimSpec => ({
    ...s,
    // Binding fills these in.
    volumeName: old.volumeName ? s.volumeName : undefined,
    ...(bound
      ? { resources: { ...s.resources, requests: { ...s.resources?.requests, storage: '' } }, volumeAttributesClassName: undefined }
      : {}),
  });
  if (!semanticallyEqual(free(spec), free(old))) {
    const detail = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    return [forbidden('spec', detail)];
  }
  const [now, then] = [spec.resources?.requests?.storage, old.resources?.requests?.storage];
  const less = now !== undefined && then !== undefined && compareQuantities(now, then) < 0;
  return less ? [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')] : [];
}

export function volumeFaults({ spec }: Volume): FieldError[] {
  const faults: FieldError[] = [...modeFaults(spec?.accessModes, 'spec', '')];
  if (!spec?.capacity || Object.keys(spec.capacity).length === 0) faults.push(required('spec.capacity'));
  else if (spec.capacity.storage === undefined) faults.push(notSupported('spec.capacity', spec.capacity, ['storage']));
  else faults.push(...positiveFaults(spec.capacity.storage, 'spec.capacity[storage]'));
  const policy = spec?.persistentVolumeReclaimPolicy;
  if (policy && !RECLAIM.includes(policy)) faults.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM));
  const sources = Object.keys(spec ?? {}).filter((key) => !NOT_A_SOURCE.includes(key));
  if (sources.length === 0) faults.push(required('spec', 'must specify a volume type'));
  for (const source of sources.slice(1)) faults.push(forbidden(`spec.${source}`, 'may not specify more than 1 volume type'));
  if (spec?.hostPath && !spec.hostPath.path) faults.push(required('spec.hostPath.path'));
  if (spec?.hostPath?.path === '/' && policy === 'Recycle') {
    faults.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (spec?.csi && !spec.csi.driver) faults.push(required('spec.csi.driver'));
  if (spec?.csi && !spec.csi.volumeHandle) faults.push(required('spec.csi.volumeHandle'));
  const name = spec?.storageClassName;
  if (name) faults.push(...invalidEach('spec.storageClassName', name, dns1123Subdomain(name)));
  const mode = spec?.volumeMode;
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) faults.push(notSupported('spec.volumeMode', mode, VOLUME_MODES));
  return faults;
}

export function volumeChangeFaults({ spec }: Volume, { spec: old }: Volume): FieldError[] {
  const source = (s: Volume['spec']) => Object.fromEntries(Object.entries(s ?? {}).filter(([key]) => !NOT_A_SOURCE.includes(key)));
  const faults: FieldError[] = [];
  if (!semanticallyEqual(source(spec), source(old))) {
    faults.push(forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'));
  }
  if (spec?.volumeMode !== old?.volumeMode) faults.push(invalid('spec.volumeMode', spec?.volumeMode, 'field is immutable'));
  return faults;
}
