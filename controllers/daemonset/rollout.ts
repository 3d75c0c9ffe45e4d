/** Which nodes get the present revision next (kubernetes/pkg/controller/daemon/update.go). Pure. */
import type { Pod } from '../../client/resources.ts';
import { isTerminating } from '../shared/pods.ts';
import { type DaemonSet, isUpdated } from './identity.ts';
import { isAvailable, type Observed, surges } from './plan.ts';

export interface Rollout {
  /** Nodes that get a pod of the present revision beside the old one. */
  create: string[];
  remove: Pod[];
}

interface Pair {
  fresh: Pod | undefined;
  old: Pod | undefined;
}

/** Only when `planNodes` has nothing to do. */
export function planRollout(observed: Observed): Rollout {
  if (observed.set.spec?.updateStrategy?.type === 'OnDelete') return { create: [], remove: [] };
  let desired = 0;
  for (const node of observed.nodes) if (observed.fits(node).runs) desired++;
  return surges(observed.set) ? surge(observed, desired) : replace(observed, desired);
}

/** The standing pods of a node; undefined: there are twins, which are to be cleared up first. */
function pairOf(pods: Pod[], hash: string): Pair | undefined {
  const pair: Pair = { fresh: undefined, old: undefined };
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    const which = isUpdated(pod, hash) ? 'fresh' : 'old';
    if (pair[which]) return undefined;
    pair[which] = pod;
  }
  return pair;
}

/** Old pods that are not available go at once, available ones as `maxUnavailable` allows. */
function replace(observed: Observed, desired: number): Rollout {
  const remove: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const pods of observed.byNode.values()) {
    const { fresh, old } = pairOf(pods, observed.hash) ?? {};
    const only = fresh && old ? undefined : (fresh ?? old);
    if (!only || !isAvailable(observed, only)) unavailable++;
    if (only && only === old) (isAvailable(observed, old) ? candidates : remove).push(old);
  }
  const room = Math.max(0, maxUnavailableOf(observed.set, desired) - unavailable);
  return { create: [], remove: [...remove, ...candidates.slice(0, room)] };
}

function surge(observed: Observed, desired: number): Rollout {
  const rollout: Rollout = { create: [], remove: [] };
  const candidates: string[] = [];
  let surging = 0;
  for (const [node, pods] of observed.byNode) {
    const pair = pairOf(pods, observed.hash);
    if (!pair) surging++;
    if (!pair?.old) continue;
    if (!pair.fresh) (isAvailable(observed, pair.old) ? candidates : rollout.create).push(node);
    else if (isAvailable(observed, pair.fresh)) rollout.remove.push(pair.old);
    else surging++;
  }
  const { maxSurge } = observed.set.spec?.updateStrategy?.rollingUpdate ?? {};
  rollout.create.push(...candidates.slice(0, Math.max(0, scaled(maxSurge ?? 0, desired) - surging)));
  return rollout;
}

/** At least 1 where nothing may surge either, else nothing could ever move. */
function maxUnavailableOf(set: DaemonSet, desired: number): number {
  return Math.max(1, scaled(set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired));
}

const scaled = (value: number | string, of: number) =>
  typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * of) / 100) : value;
