/** Carries out what preemption decided: nominates, gives up nominations that are pushed aside, and removes the victims. */
import type { Recorder } from '../client/events.ts';
import type { Log } from '../types/part/log.ts';
import type { ApiWrites } from './api-writes.ts';
import type { Cluster } from './cache/cluster.ts';
import type { PodInfo } from './cache/pod-info.ts';
import { Lanes } from './lanes.ts';
import type { QueuedPod, SchedulingQueue } from './queue/scheduling-queue.ts';
import type { Refused } from './schedule-one.ts';

/** Victims that are being removed at the same time, at most. */
const REMOVALS = 16;

export interface PreemptionParts {
  cluster: Cluster;
  queue: SchedulingQueue;
  writes: ApiWrites;
  events: Recorder;
  log: Log;
}

export class Preemptions {
  readonly #parts: PreemptionParts;
  readonly #removals: Lanes;

  constructor(parts: PreemptionParts) {
    this.#parts = parts;
    this.#removals = new Lanes(REMOVALS, (victim, error) =>
      parts.log.warn({ victim, error: String(error) }, 'a pod could not be preempted'),
    );
  }

  /** The node where room is being made; `''`: on none any more; `undefined`: as before. */
  nominate(pod: QueuedPod, { nominate, keepsNomination }: Refused): string | undefined {
    const { cluster } = this.#parts;
    if (keepsNomination) return undefined;
    cluster.denominate(pod);
    if (!nominate) return '';
    this.#pushAside(pod, nominate.node);
    cluster.nominate(pod, nominate.node);
    for (const victim of nominate.victims) if (!victim.terminating) this.#remove(victim, pod, nominate.node);
    return nominate.node;
  }

  settled(): Promise<void> {
    return this.#removals.settled();
  }

  /** Less important pods that hoped for this node look for another. */
  #pushAside(pod: QueuedPod, node: string): void {
    const { cluster, queue, writes } = this.#parts;
    for (const other of [...(cluster.nominated.get(node) ?? [])]) {
      if (other.priority >= pod.priority) continue;
      cluster.denominate(other);
      const queued = queue.get(other.key);
      if (queued) queue.activate(queued);
      this.#removals.run(other.key, () => writes.clearNomination(other.pod));
    }
  }

  #remove(victim: PodInfo, pod: QueuedPod, node: string): void {
    const { writes, events, queue } = this.#parts;
    this.#removals.run(victim.key, async () => {
      try {
        await writes.preempt(victim.pod, pod.profile.schedulerName);
        events.event(victim.pod, 'Normal', 'Preempted', `Preempted by pod ${pod.uid} on node ${node}`);
      } catch (error) {
        queue.activate(pod);
        throw error;
      }
    });
  }
}
