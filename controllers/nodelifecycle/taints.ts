/** Which taints a machine's conditions call for. Pure. */
import type { Node } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { nodeCondition } from './health.ts';

export type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** By condition, by its status. */
const CONDITION_TAINTS: Record<string, Record<string, string>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const OURS = new Set([UNSCHEDULABLE, ...Object.values(CONDITION_TAINTS).flatMap((byStatus) => Object.values(byStatus))]);

const is = (taint: Taint, key: string, effect: string) => taint.key === key && taint.effect === effect;

export const noExecuteTaints = (node: Node): Taint[] => (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');

/** The NoExecute taint that the machine's state calls for; undefined: it is ready, or does not say. */
export function evictionTaint(node: Node): string | undefined {
  return CONDITION_TAINTS.Ready?.[nodeCondition(node, 'Ready')?.status ?? 'True'];
}

/** Whether `evictionTaint` is missing, and is not merely to be exchanged for its sister: that is what the eviction rate holds back. */
export function wouldEvict(node: Node): boolean {
  const taints = node.spec?.taints ?? [];
  return evictionTaint(node) !== undefined && !taints.some((t) => is(t, NOT_READY, 'NoExecute') || is(t, UNREACHABLE, 'NoExecute'));
}

/** The taints that the machine should have; undefined: it has them. `mayEvict`: the eviction rate allows for a new NoExecute taint. */
export function planTaints(node: Node, mayEvict: boolean, now: number): Taint[] | undefined {
  const before = node.spec?.taints ?? [];
  const noSchedule = noScheduleKeys(node);
  const evicting = wouldEvict(node) && !mayEvict ? undefined : evictionTaint(node);
  const isWanted = ({ key, effect }: Taint) => {
    if (effect === 'NoSchedule' && OURS.has(key)) return noSchedule.has(key);
    if (effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE)) return key === evicting;
    return true;
  };
  const taints = before.filter(isWanted);
  const add = (key: string, effect: string) => {
    if (!taints.some((taint) => is(taint, key, effect))) taints.push({ key, effect, timeAdded: rfc3339(now) });
  };
  for (const key of noSchedule) add(key, 'NoSchedule');
  if (evicting) add(evicting, 'NoExecute');
  return taints.length === before.length && taints.every((taint, i) => taint === before[i]) ? undefined : taints;
}

function noScheduleKeys(node: Node): Set<string> {
  const keys = new Set<string>();
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = CONDITION_TAINTS[type]?.[status];
    if (key) keys.add(key);
  }
  if (node.spec?.unschedulable) keys.add(UNSCHEDULABLE);
  return keys;
}
