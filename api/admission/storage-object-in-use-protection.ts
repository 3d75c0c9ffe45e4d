/** Volumes and claims get a finalizer that is taken off when nothing uses them any more. */
import type { AdmissionStep } from './admission.ts';

const FINALIZERS: Record<string, string> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};

export const storageObjectInUseProtection: AdmissionStep = {
  name: 'StorageObjectInUseProtection',
  mutate: ({ operation, kind, subresource, object }) => {
    const finalizer = FINALIZERS[kind.storage];
    if (operation !== 'CREATE' || subresource !== '' || !finalizer || !object?.metadata) return;
    const finalizers = object.metadata.finalizers ?? [];
    if (!finalizers.includes(finalizer)) object.metadata.finalizers = [...finalizers, finalizer];
  },
};
