/** Whether a machine is heard of. Pure; the rules are kubernetes/pkg/controller/nodelifecycle's. */
import type { Lease, Node } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';

export type NodeCondition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

/** What was last heard of a machine, and when, by our own clock: machines' clocks may be wrong. */
export interface Health {
  /** Milliseconds since 1970. */
  heard: number;
  heartbeat: string | undefined;
  renewed: string | undefined;
}

export interface Graces {
  /** Milliseconds; for a machine that never said anything. */
  startup: number;
  /** For one that did. */
  running: number;
}

/** What a silent machine's conditions become. */
const CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export const nodeCondition = (node: Node, type: string): NodeCondition | undefined => node.status?.conditions?.find((c) => c.type === type);

/** `health` after a look at the machine's status and lease; the same value when nothing was heard. */
export function listen(health: Health | undefined, node: Node, lease: Lease | undefined, now: number): Health {
  const heartbeat = nodeCondition(node, 'Ready')?.lastHeartbeatTime as string | undefined;
  const renewed = lease?.spec?.renewTime as string | undefined;
  if (!health) {
    const born = Date.parse(node.metadata?.creationTimestamp ?? '') || now;
    return { heard: heartbeat === undefined ? born : now, heartbeat, renewed };
  }
  const beat = heartbeat !== health.heartbeat;
  const isRenewed = renewed !== undefined && (health.renewed === undefined || renewed > health.renewed);
  return beat || isRenewed ? { heard: now, heartbeat, renewed } : health;
}

/** How long (ms) the machine may still be silent; 0 or less: it has been silent for too long. */
export function patience(health: Health, node: Node, graces: Graces, now: number): number {
  return health.heard + (nodeCondition(node, 'Ready') ? graces.running : graces.startup) - now;
}

/** The conditions of a machine that has been silent for too long; undefined: they say so already. */
export function silentConditions(node: Node, now: number): NodeCondition[] | undefined {
  const conditions = [...(node.status?.conditions ?? [])];
  let changed = false;
  for (const type of CONDITIONS) {
    const at = conditions.findIndex((condition) => condition.type === type);
    const standing = conditions[at];
    if (standing?.status === 'Unknown') continue;
    changed = true;
    if (standing) conditions[at] = stopped(standing, now);
    else conditions.push(never(node, type, now));
  }
  return changed ? conditions : undefined;
}

const stopped = (standing: NodeCondition, now: number): NodeCondition => ({
  ...standing,
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
  lastTransitionTime: rfc3339(now),
});

const never = (node: Node, type: string, now: number): NodeCondition => ({
  type,
  status: 'Unknown',
  reason: 'NodeStatusNeverUpdated',
  message: 'Kubelet never posted node status.',
  lastHeartbeatTime: node.metadata?.creationTimestamp ?? rfc3339(now),
  lastTransitionTime: rfc3339(now),
});
