/** What a daemon set has to do on its nodes (kubernetes/pkg/controller/daemon/daemon_controller.go). Pure. */
import type { Node, Pod } from '../../client/resources.ts';
import { availableIn, isFinished, isReady, isTerminating } from '../shared/pods.ts';
import type { Fit } from './fits.ts';
import { type DaemonSet, isUpdated, nodeOf } from './identity.ts';

export interface Observed {
  set: DaemonSet;
  nodes: Iterable<Node>;
  fits(node: Node): Fit;
  /** Its pods by the node that they are on or made for. */
  byNode: Map<string, Pod[]>;
  /** The hash of its present revision. */
  hash: string;
  /** Milliseconds until a failed pod of the node may be deleted (and so be made anew). */
  backoff(node: string): number;
  now: number;
}

export interface Ended {
  pod: Pod;
  node: string;
}

export interface Plan {
  /** Names of nodes. */
  create: string[];
  remove: Pod[];
  /** Pods among `remove` that ended by themselves. */
  ended: Ended[];
  /** Milliseconds until failed pods may go; undefined: none waits. */
  wait: number | undefined;
}

/** Pods that are finished and going count as gone. */
export function groupByNode(pods: Pod[]): Map<string, Pod[]> {
  return Map.groupBy(
    pods.filter((pod) => !(isFinished(pod) && isTerminating(pod))),
    nodeOf,
  );
}

export const minReadyOf = (set: DaemonSet): number => set.spec?.minReadySeconds ?? 0;

export const isAvailable = ({ set, now }: Pick<Observed, 'set' | 'now'>, pod: Pod): boolean => availableIn(pod, minReadyOf(set), now) === 0;

export function planNodes(observed: Observed): Plan {
  const plan: Plan = { create: [], remove: [], ended: [], wait: undefined };
  const known = new Set<string>();
  for (const node of observed.nodes) {
    const name = node.metadata?.name ?? '';
    known.add(name);
    planNode(observed, name, observed.fits(node), plan);
  }
  // The scheduler will never bind what was made for a node that is gone.
  for (const [name, pods] of observed.byNode) {
    if (!known.has(name)) plan.remove.push(...pods.filter((pod) => !pod.spec?.nodeName && !isTerminating(pod)));
  }
  return plan;
}

function planNode(observed: Observed, node: string, { runs, stays }: Fit, plan: Plan): void {
  const pods = observed.byNode.get(node);
  if (!pods) {
    if (runs) plan.create.push(node);
    return;
  }
  const standing = pods.filter((pod) => !isTerminating(pod));
  if (!stays) {
    plan.remove.push(...standing);
    return;
  }
  removeEnded(observed, node, standing.filter(isFinished), plan);
  const running = standing.filter((pod) => !isFinished(pod)).sort(oldestFirst);
  if (!surges(observed.set)) plan.remove.push(...running.slice(1));
  else if (running.length > 1) plan.remove.push(...surplus(observed, running));
  else if (running.length === 0 && runs) plan.create.push(node);
}

function removeEnded({ backoff }: Observed, node: string, ended: Pod[], plan: Plan): void {
  for (const pod of ended) {
    const wait = pod.status?.phase === 'Failed' ? backoff(node) : 0;
    if (wait > 0) plan.wait = Math.min(wait, plan.wait ?? wait);
    else {
      plan.remove.push(pod);
      plan.ended.push({ pod, node });
    }
  }
}

/** While it surges a node has an old and a new pod; the old one goes when the new one is available, or it is not ready itself. */
function surplus(observed: Observed, running: Pod[]): Pod[] {
  const fresh = running.find((pod) => isUpdated(pod, observed.hash));
  const old = running.find((pod) => !isUpdated(pod, observed.hash));
  const twins = running.filter((pod) => pod !== fresh && pod !== old);
  if (!fresh || !old || (isReady(old) && !isAvailable(observed, fresh))) return twins;
  return [...twins, old];
}

export const surges = (set: DaemonSet): boolean => {
  const surge = set.spec?.updateStrategy?.rollingUpdate?.maxSurge;
  return set.spec?.updateStrategy?.type !== 'OnDelete' && surge !== undefined && Number.parseInt(`${surge}`, 10) > 0;
};

export function oldestFirst(a: Pod, b: Pod): number {
  const bound = (b.spec?.nodeName ? 1 : 0) - (a.spec?.nodeName ? 1 : 0);
  if (bound !== 0) return bound;
  const [first = '', second = ''] = [a.metadata?.creationTimestamp, b.metadata?.creationTimestamp];
  if (first !== second) return first < second ? -1 : 1;
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1;
}
