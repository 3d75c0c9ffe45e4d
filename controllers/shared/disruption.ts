/** Ending a pod against its will: says why in its conditions (DisruptionTarget), then deletes it. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNotFound } from '../../client/errors.ts';
import { type Pod, pods } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { isFinished, podCondition } from './pods.ts';

export interface Disruption {
  reason: string;
  message: string;
  /** The pod can't report any more: mark it Failed. */
  fail?: boolean;
  /** 0: at once, without waiting for its kubelet. */
  gracePeriodSeconds?: number;
}

/** Does nothing when the pod is gone, or has been replaced by another of its name. */
export async function disrupt(client: Client, pod: Pod, disruption: Disruption, now: number): Promise<void> {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  try {
    const status = statusPatch(pod, disruption, now);
    if (status) await client.patch(pods, { name, namespace, subresource: 'status' }, 'strategic', { metadata: { uid }, status });
    const { gracePeriodSeconds } = disruption;
    await client.delete(
      pods,
      { name, namespace },
      { preconditions: { uid }, ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }) },
    );
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

function statusPatch(pod: Pod, { reason, message, fail }: Disruption, now: number): object | undefined {
  const told = podCondition(pod, 'DisruptionTarget')?.status === 'True';
  const failing = fail === true && !isFinished(pod);
  if (told && !failing) return undefined;
  const condition = { type: 'DisruptionTarget', status: 'True', reason, message, lastTransitionTime: rfc3339(now) };
  return { ...(!told && { conditions: [condition] }), ...(failing && { phase: 'Failed' }) };
}
