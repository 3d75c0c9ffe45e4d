/** Which pod goes first when there are too many (kubernetes/pkg/controller/controller_utils.go, ActivePodsWithRanks). */
import type { Pod } from '../../client/resources.ts';
import { isReady, readySince } from '../shared/pods.ts';

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

interface Ranked {
  pod: Pod;
  assigned: number;
  phase: number;
  ready: number;
  cost: number;
  /** Pods of the same family on the same machine: the crowded machine is relieved first. */
  crowd: number;
  readySince: number;
  restarts: number;
  created: number;
}

/** `surplus` pods out of `pods`, those to be deleted. `family`: all active pods whose replica sets have the same owner, these included. */
export function goFirst(pods: Pod[], surplus: number, family: Iterable<Pod>, now: number): Pod[] {
  if (surplus >= pods.length) return pods;
  const crowds = new Map<string, number>();
  for (const pod of family) {
    const node = pod.spec?.nodeName ?? '';
    crowds.set(node, (crowds.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod) => rank(pod, crowds));
  return ranked
    .sort((a, b) => compare(a, b, now))
    .slice(0, surplus)
    .map(({ pod }) => pod);
}

function rank(pod: Pod, crowds: Map<string, number>): Ranked {
  const cost = Number(pod.metadata?.annotations?.[DELETION_COST] ?? 0);
  return {
    pod,
    assigned: pod.spec?.nodeName ? 1 : 0,
    phase: PHASES[pod.status?.phase ?? 'Pending'] ?? 0,
    ready: isReady(pod) ? 1 : 0,
    cost: Number.isInteger(cost) ? cost : 0,
    crowd: crowds.get(pod.spec?.nodeName ?? '') ?? 0,
    readySince: readySince(pod),
    restarts: Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount ?? 0)),
    created: Date.parse(pod.metadata?.creationTimestamp ?? '') || 0,
  };
}

function compare(a: Ranked, b: Ranked, now: number): number {
  return (
    a.assigned - b.assigned ||
    a.phase - b.phase ||
    a.ready - b.ready ||
    a.cost - b.cost ||
    b.crowd - a.crowd ||
    (a.ready && b.ready ? younger(a, b, a.readySince, b.readySince, now) : 0) ||
    b.restarts - a.restarts ||
    younger(a, b, a.created, b.created, now)
  );
}

/** The younger first, in powers of two of their age; of about one age, by UID, so that not always the newest goes (LogarithmicScaleDown). */
function younger(a: Ranked, b: Ranked, sinceA: number, sinceB: number, now: number): number {
  if (sinceA === sinceB) return 0;
  if (sinceA === 0) return -1;
  if (sinceB === 0) return 1;
  return magnitude(now - sinceA) - magnitude(now - sinceB) || ((a.pod.metadata?.uid ?? '') < (b.pod.metadata?.uid ?? '') ? -1 : 1);
}

const magnitude = (age: number) => (age > 0 ? Math.trunc(Math.log2(age * 1e6)) : -1);
