/** How long a pod tolerates the NoExecute taints of its node. Pure. */
import type { Pod } from '../../client/resources.ts';
import type { Taint } from '../nodelifecycle/taints.ts';

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

/** Milliseconds from now on; 0: not at all; Infinity: for ever. */
export function toleratedFor(pod: Pod, taints: Taint[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const tolerations = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    const first = tolerations[0];
    if (!first) return 0;
    // Of all that match a taint the shortest counts, as in kubernetes/pkg/controller/tainteviction.
    for (const { tolerationSeconds } of tolerations) {
      if (tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(0, tolerationSeconds) * 1000);
    }
  }
  return shortest;
}

/** k8s.io/component-helpers: an empty key with Exists matches all taints, an empty effect all effects. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (toleration.operator ?? 'Equal') === 'Equal' && !!toleration.key && (toleration.value ?? '') === (taint.value ?? '');
}
