/**
 * Gangs: pods of a PodGroup are placed all together (at least its `minMember`) or not at all, as the scheduler-plugins project has it. A pod that
 * has found a place waits there, unbound, until enough of its group have one; when one of them finds none, or the time is up, all that wait
 * give their places back.
 */
import { resource } from '../../../client/resource.ts';
import { milliValue, wholeValue } from '../../../types/quantity.ts';
import type { Cluster } from '../../cache/cluster.ts';
import { groupOf, type PodGroup } from '../../cache/gangs.ts';
import { Nodes } from '../../cache/nodes.ts';
import type { PodInfo } from '../../cache/pod-info.ts';
import { hint } from '../../framework/events.ts';
import { type BindContext, keptRefusals, type Plugin, type Refusal } from '../../framework/plugin.ts';

export interface CoschedulingArgs {
  /** For groups that do not say. Default 60. */
  permitWaitingTimeSeconds?: number;
}

const POD_GROUPS = resource<PodGroup>('scheduling.x-k8s.io/v1alpha1', 'PodGroup', 'podgroups');

/** Those of a group that wait for the others. */
interface Waiting {
  verdict: 'open' | 'go' | 'refused';
  readonly settled: Promise<void>;
  settle(verdict: 'go' | 'refused'): void;
}

function waiting(): Waiting {
  const { promise, resolve } = Promise.withResolvers<void>();
  const found: Waiting = {
    verdict: 'open',
    settled: promise,
    settle(verdict) {
      if (found.verdict === 'open') found.verdict = verdict;
      resolve();
    },
  };
  return found;
}

/** Pods of one group were made at about the same time. They are kept together, or two groups could for ever take each other's last place. */
const ABOUT = 10_000;
const ageOf = (pod: PodInfo) => Math.floor(pod.createdAt / ABOUT);
const byName = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0);

const sameGroup = (group: string | undefined) => (other: PodInfo) => group !== undefined && groupOf(other.pod) === group;

export function coscheduling(args: CoschedulingArgs = {}): Plugin {
  const name = 'Coscheduling';
  const byGroup = new Map<string, Waiting>();
  const refuse = keptRefusals(name);
  const held = new WeakSet<PodInfo>();
  const patience = args.permitWaitingTimeSeconds ?? 60;
  const minMember = (cluster: Cluster, group: string) => cluster.gangs.groups.get(group)?.spec?.minMember ?? 1;
  const refuseAll = (group: string) => {
    byGroup.get(group)?.settle('refused');
    byGroup.delete(group);
  };

  /** Why no member need be tried now. */
  const hopeless = (pod: PodInfo, cluster: Cluster): Refusal | undefined => {
    const group = groupOf(pod.pod);
    const podGroup = group === undefined ? undefined : cluster.gangs.groups.get(group);
    if (group === undefined || !podGroup) return undefined;
    const there = cluster.gangs.members.get(group) ?? 0;
    const wanted = minMember(cluster, group);
    const few = `cannot find enough sibling pods, current pods number: ${there}, minMember of group: ${wanted}`;
    if (there < wanted) return refuse(few);
    const short = lacking(podGroup, group, cluster);
    return short === undefined ? undefined : refuse(`the group's minResources ask for more ${short} than the cluster has free`);
  };

  const wait = async (group: string, { cluster, pod, writes }: BindContext): Promise<Refusal | undefined> => {
    const mine = byGroup.get(group) ?? waiting();
    const first = !byGroup.has(group);
    byGroup.set(group, mine);
    // The others need not wait for an event.
    if (first) writes.activate((other) => other.key !== pod.key && sameGroup(group)(other));
    const seconds = cluster.gangs.groups.get(group)?.spec?.scheduleTimeoutSeconds ?? patience;
    if (first) void writes.until(() => mine.verdict !== 'open', 1000 * seconds).then(() => mine.settle('refused'));
    held.add(pod);
    await mine.settled;
    if (byGroup.get(group) === mine) byGroup.delete(group);
    if (mine.verdict === 'go') held.delete(pod);
    return mine.verdict === 'go' ? undefined : refuse(`pod group ${group}: not enough of its pods found a place in time`);
  };

  return {
    name,
    follows: [POD_GROUPS],
    patient: ({ pod }) => groupOf(pod) !== undefined,
    compare: (a, b) => b.priority - a.priority || ageOf(a) - ageOf(b) || byName(groupOf(a.pod), groupOf(b.pod)) || a.queuedAt - b.queuedAt,
    prepareFilter: (pod, cluster) => {
      const refused = hopeless(pod, cluster);
      return refused && { refused };
    },
    postFilter({ pod }, cluster) {
      const group = groupOf(pod.pod);
      // Enough have a place without it: it alone is refused.
      if (group !== undefined && (cluster.gangs.placed.get(group) ?? 0) < minMember(cluster, group)) refuseAll(group);
      return {};
    },
    permit(at) {
      const group = groupOf(at.pod.pod);
      if (group === undefined || !at.cluster.gangs.groups.has(group)) return undefined;
      if ((at.cluster.gangs.placed.get(group) ?? 0) < minMember(at.cluster, group)) return wait(group, at);
      byGroup.get(group)?.settle('go');
      byGroup.delete(group);
      return undefined;
    },
    unreserve({ pod, cluster }) {
      const group = groupOf(pod.pod);
      // One of those that were refused together: the others know.
      if (held.delete(pod)) return;
      if (group !== undefined && (cluster.gangs.placed.get(group) ?? 0) <= minMember(cluster, group)) refuseAll(group);
    },
    hints: [
      hint('podPending', (pod, event) => sameGroup(groupOf(event.pod))(pod)),
      hint('storage', (_pod, { kind }) => kind === 'PodGroup'),
      hint('podGone'),
      hint('node'),
    ],
  };
}

/** A resource of which the group's minResources ask for more than is free on all nodes; what its own pods hold counts as free. */
function lacking({ spec }: PodGroup, group: string, { nodes, resources }: Cluster): string | undefined {
  return Object.entries(spec?.minResources ?? {}).find(([resource, amount]) => {
    if (resource === 'pods') return false;
    const column = resources.column(resource);
    let left = -(resource === 'cpu' ? milliValue(amount) : wholeValue(amount));
    for (const slot of nodes.slots) {
      left += Nodes.amount(nodes.allocatable, column, slot) - Nodes.amount(nodes.requested, column, slot);
      for (const pod of nodes.at[slot]?.pods ?? []) if (groupOf(pod.pod) === group) left += pod.podClass.requests.get(column) ?? 0;
    }
    return left < 0;
  })?.[0];
}
