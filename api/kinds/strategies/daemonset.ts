/** DaemonSets count changes of their template in an annotation that old clients read. */
import type { V1DaemonSet } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import type { Wire } from '../../../types/wire.ts';
import type { Strategy } from '../strategy.ts';

const GENERATION = 'deprecated.daemonset.template.generation';

export const daemonSetStrategy: Strategy = {
  prepareForCreate(object) {
    annotate(object as Wire<V1DaemonSet>, 1);
  },
  prepareForUpdate(object, before) {
    const set = object as Wire<V1DaemonSet>;
    const old = before as Wire<V1DaemonSet>;
    const generation = Number(old.metadata?.annotations?.[GENERATION] ?? 0);
    annotate(set, semanticallyEqual(set.spec?.template, old.spec?.template) ? generation : generation + 1);
  },
};

function annotate(set: Wire<V1DaemonSet>, generation: number): void {
  if (set.metadata) set.metadata.annotations = { ...set.metadata.annotations, [GENERATION]: String(generation) };
}
