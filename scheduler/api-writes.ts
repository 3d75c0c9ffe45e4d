/** What the scheduler writes: bindings, the PodScheduled condition, nominations, and the removal of pods that make room for others. */
import type { Client } from '../client/client.ts';
import { ApiError, isNotFound } from '../client/errors.ts';
import { resource } from '../client/resource.ts';
import { type Pod, pods } from '../client/resources.ts';
import { type Clock, rfc3339 } from '../types/part/clock.ts';
import type { KubeObject } from '../types/wire.ts';
import type { Claim, Volume } from './cache/storage.ts';

export const CLAIMS = resource<Claim>('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims');
export const VOLUMES = resource<Volume>('v1', 'PersistentVolume', 'persistentvolumes', false);

/** Milliseconds between questions whether a binding was done whose answer was lost. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;

type Condition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

const at = (pod: Pod, subresource: string) => ({
  name: pod.metadata?.name ?? '',
  namespace: pod.metadata?.namespace ?? '',
  subresource,
});

export interface ApiWrites {
  /** Rejects with `ApiError`: 404 if the pod is gone, 409 if it is bound already or has been replaced. */
  bind(pod: Pod, node: string): Promise<void>;
  /** Says why the pod is not scheduled, and where room is being made (`''`: nowhere; `undefined`: as before). Writes only what changed. */
  explain(pod: Pod, message: string, nominated: string | undefined): Promise<void>;
  clearNomination(pod: Pod): Promise<void>;
  bindVolume(volume: Volume, claim: Claim): Promise<void>;
  selectNode(claim: Claim, node: string): Promise<void>;
  /** Marks a pod as preempted and deletes it. A pod that is gone already is no error. */
  preempt(victim: Pod, byScheduler: string): Promise<void>;
}

/** Sends nothing where the pod's status says it already. */
function conditionPatch(pod: Pod, condition: Condition, clock: Clock): Condition | undefined {
  const before = pod.status?.conditions?.find((c) => c.type === condition.type);
  const same = before?.status === condition.status && before.reason === condition.reason && before.message === condition.message;
  if (same) return undefined;
  const since = before?.status === condition.status ? before.lastTransitionTime : rfc3339(clock.now());
  const generation = pod.metadata?.generation;
  return { ...condition, ...(since && { lastTransitionTime: since }), ...(generation && { observedGeneration: generation }) };
}

export function apiWrites(client: Client, clock: Clock, signal: AbortSignal): ApiWrites {
  const patchStatus = (pod: Pod, status: object) =>
    client.patch(pods, at(pod, 'status'), 'strategic', { metadata: { uid: pod.metadata?.uid }, status });
  /** The answer was lost, not necessarily the binding: to take the room for free now could overcommit the node. */
  const wasBound = async (pod: Pod, node: string): Promise<boolean> => {
    for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      try {
        const now = await client.get(pods, pod.metadata?.name ?? '', pod.metadata?.namespace);
        return now.metadata?.uid === pod.metadata?.uid && now.spec?.nodeName === node;
      } catch (error) {
        if (error instanceof ApiError || signal.aborted) return false;
      }
      await clock.sleep(wait, signal);
    }
  };
  return {
    async bind(pod, node) {
      const { name, namespace, uid } = pod.metadata ?? {};
      const metadata = { ...(name && { name }), ...(namespace && { namespace }), ...(uid && { uid }) };
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata, target: { apiVersion: 'v1', kind: 'Node', name: node } };
      try {
        await client.post(pods, at(pod, 'binding'), binding as KubeObject);
      } catch (error) {
        if (error instanceof ApiError || !(await wasBound(pod, node))) throw error;
      }
    },
    async explain(pod, message, nominated) {
      const condition = conditionPatch(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }, clock);
      const before = pod.status?.nominatedNodeName ?? '';
      const moved = nominated !== undefined && nominated !== before;
      if (!condition && !moved) return;
      await patchStatus(pod, {
        ...(condition && { conditions: [condition] }),
        ...(moved && { nominatedNodeName: nominated || null }),
      });
    },
    async clearNomination(pod) {
      if (pod.status?.nominatedNodeName) await patchStatus(pod, { nominatedNodeName: null });
    },
    async bindVolume(volume, claim) {
      const { name, namespace, uid, resourceVersion } = claim.metadata ?? {};
      const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion };
      const annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
      const metadata = { resourceVersion: volume.metadata?.resourceVersion, annotations };
      await client.patch(VOLUMES, { name: volume.metadata?.name ?? '' }, 'merge', { metadata, spec: { claimRef } });
    },
    async selectNode(claim, node) {
      const { name = '', namespace = '', resourceVersion } = claim.metadata ?? {};
      const metadata = { resourceVersion, annotations: { 'volume.kubernetes.io/selected-node': node } };
      await client.patch(CLAIMS, { name, namespace }, 'merge', { metadata });
    },
    async preempt(victim, byScheduler) {
      const message = `${byScheduler}: preempting to accommodate a higher priority pod`;
      const target: Condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message };
      const condition = conditionPatch(victim, target, clock);
      const { name = '', namespace = '', uid } = victim.metadata ?? {};
      try {
        if (condition) await patchStatus(victim, { conditions: [condition] });
        await client.delete(pods, { name, namespace }, uid ? { preconditions: { uid } } : {});
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
}
