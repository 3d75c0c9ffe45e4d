/** Which pods are spared first. */
import type { PodInfo } from '../../cache/pod-info.ts';
import { compileSelector } from '../../cache/selector.ts';
import type { Budget } from '../../cache/storage.ts';

/** The more important first: the higher priority, then the one that has run longer. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  const started = (pod: PodInfo) => pod.startedAt ?? Number.MAX_SAFE_INTEGER;
  return b.priority - a.priority || started(a) - started(b);
}

/**
 * Pods whose removal breaks a disruption budget, and those whose removal does not; every removal uses up budget, in the order given. A
 * budget without a selector, or with an empty one, speaks of no pod.
 */
export function splitByBudgets(
  pods: readonly PodInfo[],
  budgets: ReadonlyMap<string, Budget>,
): { breaking: PodInfo[]; harmless: PodInfo[] } {
  const left = [...budgets.values()].map((budget) => ({
    budget,
    selector: compileSelector(budget.spec?.selector),
    allowed: budget.status?.disruptionsAllowed ?? 0,
  }));
  const breaking: PodInfo[] = [];
  const harmless: PodInfo[] = [];
  for (const pod of pods) {
    let breaks = false;
    for (const entry of left) {
      const { budget, selector } = entry;
      if (budget.metadata?.namespace !== pod.podClass.namespace || Object.keys(pod.podClass.labels).length === 0) continue;
      if (selector.everything || !selector.matches(pod.podClass.labels)) continue;
      if (budget.status?.disruptedPods?.[pod.pod.metadata?.name ?? '']) continue;
      if (--entry.allowed < 0) breaks = true;
    }
    (breaks ? breaking : harmless).push(pod);
  }
  return { breaking, harmless };
}
