/** PersistentVolumes and claims begin Pending. */
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1PersistentVolumeClaimSpec } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { claimChangeFaults, claimFaults, volumeChangeFaults, volumeFaults } from '../rules/persistent-volumes.ts';
import type { Strategy } from '../strategy.ts';

export const persistentVolumeStrategy: Strategy = {
  prepareForCreate(object) {
    const volume = object as Wire<V1PersistentVolume>;
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: volume.metadata?.creationTimestamp ?? '' };
  },
  validate: (object) => volumeFaults(object as Wire<V1PersistentVolume>),
  validateUpdate: (object, before) => [
    ...volumeFaults(object as Wire<V1PersistentVolume>),
    ...volumeChangeFaults(object as Wire<V1PersistentVolume>, before as Wire<V1PersistentVolume>),
  ],
};

export const persistentVolumeClaimStrategy: Strategy = {
  prepareForCreate(object) {
    const claim = object as Wire<V1PersistentVolumeClaim>;
    claim.status = { phase: 'Pending' };
    if (claim.spec) mirrorDataSource(claim.spec);
  },
  validate: (object) => claimFaults((object as Wire<V1PersistentVolumeClaim>).spec, 'spec'),
  validateUpdate: (object, before) => [
    ...claimFaults((object as Wire<V1PersistentVolumeClaim>).spec, 'spec'),
    ...claimChangeFaults(object as Wire<V1PersistentVolumeClaim>, before as Wire<V1PersistentVolumeClaim>),
  ],
};

/** The older field and the newer one say the same where the source is of a kind that both can name. */
function mirrorDataSource(spec: Wire<V1PersistentVolumeClaimSpec>): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource };
  else if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { apiGroup, kind, name } = dataSourceRef;
    spec.dataSource = { apiGroup: apiGroup ?? (null as never), kind, name };
  }
}
