/** Namespaces: active until deleted, held by a finalizer that only the finalize subresource takes away. */
import type { V1Namespace } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { invalid } from '../field-error.ts';
import type { Strategy } from '../strategy.ts';

export const namespaceStrategy: Strategy = {
  prepareForCreate(object) {
    const namespace = object as Wire<V1Namespace>;
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
    labelWithName(namespace);
  },
  prepareForUpdate(object, before) {
    const namespace = object as Wire<V1Namespace>;
    namespace.spec = (before as Wire<V1Namespace>).spec;
    labelWithName(namespace);
  },
  validateStatusUpdate(object) {
    const { metadata, status } = object as Wire<V1Namespace>;
    const phase = status?.phase ?? '';
    const expected = metadata?.deletionTimestamp ? 'Terminating' : 'Active';
    if (phase === expected) return [];
    const when = metadata?.deletionTimestamp ? 'is not empty' : 'is empty';
    return [invalid('status.Phase', phase, `may only be '${expected}' if \`deletionTimestamp\` ${when}`)];
  },
};

/** Selectors of namespaces rely on this label: whoever changes it gets it back. */
function labelWithName(namespace: Wire<V1Namespace>): void {
  const name = namespace.metadata?.name;
  if (namespace.metadata && name) namespace.metadata.labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': name };
}
