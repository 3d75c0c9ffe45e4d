/** When a toleration speaks of a taint. */
import type { Taint } from '../../cache/nodes.ts';
import type { Toleration } from '../../cache/pod-class.ts';

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  const operator = toleration.operator || 'Equal';
  return operator === 'Exists' || (operator === 'Equal' && (toleration.value ?? '') === (taint.value ?? ''));
}

/** Whether a taint that keeps new pods away is not tolerated. */
export function repels(taints: readonly Taint[], tolerations: readonly Toleration[]): boolean {
  return taints.some((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint)));
}

/** How many taints that ask pods to stay away are not tolerated. */
export function reluctance(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  let count = 0;
  for (const taint of taints) {
    if (taint.effect !== 'PreferNoSchedule') continue;
    if (!tolerations.some((t) => (!t.effect || t.effect === 'PreferNoSchedule') && tolerates(t, taint))) count++;
  }
  return count;
}
