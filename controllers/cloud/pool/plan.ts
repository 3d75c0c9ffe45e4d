/** What a MachinePool lacks, has too much of, and shows. Pure. */
import { type Condition, MACHINE_FINALIZER, type Machine, type MachinePool, POOL_LABEL } from '../../../client/cloud.ts';
import type { OwnerReference } from '../../../types/wire.ts';
import { withCondition } from '../conditions.ts';

export interface PoolPlan {
  /** The zone of each machine that is to be made. */
  create: string[];
  remove: Machine[];
}

const DEFAULT_ZONE = 'eu-north-1a';

export const isReady = (machine: Machine) =>
  machine.status?.conditions?.some((c) => c.type === 'NodeReady' && c.status === 'True') === true;
export const isLeaving = (machine: Machine) => machine.metadata?.deletionTimestamp !== undefined;
const zonesOf = (pool: MachinePool) => (pool.spec.zones?.length ? pool.spec.zones : [DEFAULT_ZONE]);

/** `machines` are all that the pool owns. */
export function planPool(pool: MachinePool, machines: Machine[]): PoolPlan {
  const staying = machines.filter((machine) => !isLeaving(machine));
  const wanted = pool.spec.replicas ?? 1;
  const counts = countByZone(staying);
  if (staying.length <= wanted) return { create: zonesFor(zonesOf(pool), counts, wanted - staying.length), remove: [] };
  return { create: [], remove: goFirst(zonesOf(pool), staying, counts, staying.length - wanted) };
}

function countByZone(machines: Machine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { spec } of machines) counts.set(spec.zone ?? '', (counts.get(spec.zone ?? '') ?? 0) + 1);
  return counts;
}

/** Always the zone with the fewest, the first of the list where several have. */
function zonesFor(zones: string[], counts: Map<string, number>, missing: number): string[] {
  const count = (zone: string) => counts.get(zone) ?? 0;
  const chosen: string[] = [];
  for (let i = 0; i < missing; i++) {
    const zone = zones.reduce((least, other) => (count(other) < count(least) ? other : least));
    counts.set(zone, count(zone) + 1);
    chosen.push(zone);
  }
  return chosen;
}

/** First what is not ready, then what is in a zone that the pool no longer names, then from the fullest zone, then the youngest. */
function goFirst(zones: string[], machines: Machine[], counts: Map<string, number>, surplus: number): Machine[] {
  const left = new Set(machines);
  const chosen: Machine[] = [];
  const rank = (m: Machine) => [isReady(m) ? 0 : 1, zones.includes(m.spec.zone ?? '') ? 0 : 1, counts.get(m.spec.zone ?? '') ?? 0] as const;
  const before = (a: Machine, b: Machine) => {
    const [x, y] = [rank(a), rank(b)];
    const i = x.findIndex((value, at) => value !== y[at]);
    if (i >= 0) return (x[i] ?? 0) > (y[i] ?? 0);
    return (a.metadata?.creationTimestamp ?? '') > (b.metadata?.creationTimestamp ?? '');
  };
  for (let i = 0; i < surplus; i++) {
    const goes = [...left].reduce((first, other) => (before(other, first) ? other : first));
    left.delete(goes);
    counts.set(goes.spec.zone ?? '', (counts.get(goes.spec.zone ?? '') ?? 1) - 1);
    chosen.push(goes);
  }
  return chosen;
}

/** The machine is made with its finalizer, so that there is no moment in which it could go without being drained. */
export function machineOf(pool: MachinePool, name: string, zone: string, owner: OwnerReference): Machine {
  const { spec, metadata } = pool;
  const { labels, annotations, taints } = spec.template ?? {};
  return {
    apiVersion: 'cloud.kumulus.dev/v1alpha1',
    kind: 'Machine',
    metadata: { name, labels: { [POOL_LABEL]: metadata?.name ?? '' }, ownerReferences: [owner], finalizers: [MACHINE_FINALIZER] },
    spec: {
      className: spec.className,
      ...(spec.region && { region: spec.region }),
      zone,
      poolRef: { name: metadata?.name ?? '' },
      providerID: `kumulus:///${zone}/${name}`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(taints && { taints }),
      ...(spec.nodeDrainTimeoutSeconds !== undefined && { deletion: { nodeDrainTimeoutSeconds: spec.nodeDrainTimeoutSeconds } }),
    },
  };
}

export function statusOf(pool: MachinePool, machines: Machine[], now: number): NonNullable<MachinePool['status']> {
  const staying = machines.filter((machine) => !isLeaving(machine));
  const ready = staying.filter(isReady).length;
  const wanted = pool.spec.replicas ?? 1;
  const all = ready === wanted && machines.length === wanted;
  return {
    ...(pool.metadata?.generation !== undefined && { observedGeneration: pool.metadata.generation }),
    replicas: staying.length,
    readyReplicas: ready,
    selector: `${POOL_LABEL}=${pool.metadata?.name}`,
    conditions: withCondition(pool.status?.conditions ?? [], readiness(all, ready, wanted), now),
  };
}

function readiness(all: boolean, ready: number, wanted: number): Pick<Condition, 'type' | 'status' | 'reason' | 'message'> {
  const message = `${ready} of ${wanted} machines are ready`;
  return { type: 'Ready', status: all ? 'True' : 'False', reason: all ? 'MachinesReady' : 'MachinesNotReady', message };
}
