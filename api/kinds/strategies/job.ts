/** Jobs find their pods by labels that the server makes of the job's own identity. */
import type { V1Job } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import type { Strategy } from '../strategy.ts';

export const jobStrategy: Strategy = {
  prepareForCreate(object) {
    const job = object as Wire<V1Job>;
    const { spec, metadata } = job;
    if (!spec || !metadata || spec.manualSelector) return;
    const uid = metadata.uid ?? '';
    const name = metadata.name ?? '';
    const labels = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
    spec.template.metadata = { ...spec.template.metadata, labels: { ...labels, ...spec.template.metadata?.labels } };
    // A job whose labels are those of its template, as defaulting makes them, has the new ones as well.
    metadata.labels = { ...metadata.labels, ...labels };
    spec.selector ??= {};
    spec.selector.matchLabels = { ...spec.selector.matchLabels, 'batch.kubernetes.io/controller-uid': uid };
  },
};
