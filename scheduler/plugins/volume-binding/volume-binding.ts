/**
 * Keeps pods where their volumes can be reached, and chooses volumes for claims that wait for their first consumer. The choice is made again
 * when a node was picked, held until the pod is bound, and written before: the volume's claimRef, or the claim's selected node.
 */
import type { Cluster } from '../../cache/cluster.ts';
import type { PodInfo } from '../../cache/pod-info.ts';
import { hint } from '../../framework/events.ts';
import { type BindContext, type Plugin, type Refusal, refusal } from '../../framework/plugin.ts';
import { claimsOf, hasClaims, isBound, keyOfClaim } from './claims.ts';
import { type Obstacles, planVolumes, type VolumePlan } from './plan.ts';

export interface VolumeBindingArgs {
  /** Seconds that a pod waits for its volumes to be bound, default 600. */
  bindTimeoutSeconds?: number;
}

const name = 'VolumeBinding';
const REASONS: [keyof Obstacles, string][] = [
  ['conflict', "node(s) didn't match PersistentVolume's node affinity"],
  ['nothingToBind', "node(s) didn't find available persistent volumes to bind"],
  ['noSpace', 'node(s) did not have enough free storage'],
  ['volumeGone', 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'],
];

/** The plan for a pod on a node; `undefined` if there is none (any more). */
export function planFor(pod: PodInfo, node: string, cluster: Cluster): VolumePlan | undefined {
  const claims = claimsOf(pod, cluster.storage);
  const info = cluster.nodes.get(node);
  if ('trouble' in claims || !info || claims.immediate.length > 0) return undefined;
  const plan = planVolumes(claims, info, cluster.storage);
  return 'obstacles' in plan ? undefined : plan;
}

export function volumeBinding(args: VolumeBindingArgs = {}): Plugin {
  const timeout = (args.bindTimeoutSeconds ?? 600) * 1000;
  const known = new Map<string, Refusal>();
  const refusalOf = (reasons: string[]): Refusal => {
    const key = reasons.join('|');
    const found = known.get(key) ?? refusal(name, reasons);
    known.set(key, found);
    return found;
  };
  const plans = new WeakMap<PodInfo, VolumePlan>();

  const wait = async ({ cluster, writes, pod }: BindContext, { bindings, provisions }: VolumePlan): Promise<void> => {
    for (const { claim, volume } of bindings) await writes.bindVolume(volume, claim);
    for (const claim of provisions) await writes.selectNode(claim, cluster.storage.assumedNodes.get(keyOfClaim(claim)) ?? '');
    const waiting = [...bindings.map(({ claim }) => claim), ...provisions].map(keyOfClaim);
    const done = () => waiting.every((key) => isBound(cluster.storage.claims.get(key) ?? {}));
    if (!(await writes.until(done, timeout))) throw new Error(`timed out waiting for the volumes of pod ${pod.key} to be bound`);
  };

  return {
    name,
    prepareFilter: (pod, cluster) => {
      if (!hasClaims(pod)) return undefined;
      const claims = claimsOf(pod, cluster.storage);
      if ('trouble' in claims) return { refused: refusalOf([claims.trouble]) };
      if (claims.immediate.length > 0) return { refused: refusalOf(['pod has unbound immediate PersistentVolumeClaims']) };
      return {
        verdict: (slot) => {
          const node = cluster.nodes.at[slot];
          const plan = node && planVolumes(claims, node, cluster.storage);
          if (!plan || !('obstacles' in plan)) return undefined;
          return refusalOf(REASONS.filter(([obstacle]) => plan.obstacles[obstacle]).map(([, reason]) => reason));
        },
      };
    },
    reserve: ({ pod, node, cluster }) => {
      if (!hasClaims(pod)) return undefined;
      const plan = planFor(pod, node, cluster);
      if (!plan) return refusalOf(['the volumes of the pod have changed']);
      plans.set(pod, plan);
      for (const { claim, volume } of plan.bindings) cluster.storage.assumedVolumes.set(volume.metadata?.name ?? '', keyOfClaim(claim));
      for (const claim of plan.provisions) cluster.storage.assumedNodes.set(keyOfClaim(claim), node);
      return undefined;
    },
    unreserve: ({ pod, cluster }) => release(pod, cluster),
    preBind: (context) => {
      const plan = plans.get(context.pod);
      return plan && plan.bindings.length + plan.provisions.length > 0 ? wait(context, plan) : undefined;
    },
    postBind: ({ pod, cluster }) => release(pod, cluster),
    hints: [hint('storage'), hint('node')],
  };

  function release(pod: PodInfo, cluster: Cluster): void {
    const plan = plans.get(pod);
    plans.delete(pod);
    for (const { volume } of plan?.bindings ?? []) cluster.storage.assumedVolumes.delete(volume.metadata?.name ?? '');
    for (const claim of plan?.provisions ?? []) cluster.storage.assumedNodes.delete(keyOfClaim(claim));
  }
}
