/** Deployments: writing the status does not change labels. */
import type { Strategy } from '../strategy.ts';

export const deploymentStrategy: Strategy = {
  prepareForStatusUpdate(object, before) {
    if (!object.metadata) return;
    if (before.metadata?.labels) object.metadata.labels = before.metadata.labels;
    else delete object.metadata.labels;
  },
};
