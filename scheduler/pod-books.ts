/**
 * Which pod is where: waiting in the queue, assumed on a node while its binding is under way, or on a node for certain. Fed by the watch and
 * by the scheduler's own doings, which come in any order: a binding's watch event may precede the answer to the request, and a status
 * written before the binding may be seen after it.
 */
import type { Pod } from '../client/resources.ts';
import type { Cluster } from './cache/cluster.ts';
import { isFinished, keyOfPod, type PodInfo } from './cache/pod-info.ts';
import type { Profile } from './framework/profile.ts';
import { changedForScheduling, type QueuedPod, type SchedulingQueue } from './queue/scheduling-queue.ts';

interface Assumed {
  readonly pod: QueuedPod;
  readonly node: string;
  /** It was deleted, or bound elsewhere, while its binding was under way. */
  overtaken: boolean;
}

export class PodBooks {
  /** By `namespace/name`. */
  readonly assumed = new Map<string, Assumed>();
  readonly placed = new Map<string, { pod: PodInfo; node: string }>();
  readonly #cluster: Cluster;
  readonly #queue: SchedulingQueue;
  readonly #profile: (schedulerName: string) => Profile | undefined;

  constructor(cluster: Cluster, queue: SchedulingQueue, profile: (schedulerName: string) => Profile | undefined) {
    this.#cluster = cluster;
    this.#queue = queue;
    this.#profile = profile;
  }

  /** The watch shows this pod, new or changed. */
  seen(pod: Pod): void {
    if (isFinished(pod)) this.gone(pod);
    else if (pod.spec?.nodeName) this.#seenOnNode(pod, pod.spec.nodeName);
    else if (pod.metadata?.deletionTimestamp) this.gone(pod);
    else this.#seenPending(pod);
  }

  /** The watch shows that this pod is no more, or has run to its end. */
  gone(pod: Pod): void {
    const key = keyOfPod(pod);
    const queued = this.#queue.get(key);
    if (queued) this.#dequeue(queued);
    const assumed = this.assumed.get(key);
    if (assumed) assumed.overtaken = true;
    else if (queued) this.#cluster.drop(queued);
    this.#displace(key);
  }

  assume(pod: QueuedPod, node: string): void {
    this.#cluster.denominate(pod);
    this.#cluster.place(pod, node);
    this.assumed.set(pod.key, { pod, node, overtaken: false });
  }

  /** The binding succeeded. */
  confirm(pod: QueuedPod): void {
    const assumed = this.assumed.get(pod.key);
    if (!assumed) return;
    if (assumed.overtaken) {
      this.unassume(pod);
      return;
    }
    this.assumed.delete(pod.key);
    this.#queue.remove(pod);
    this.placed.set(pod.key, { pod, node: assumed.node });
    this.#queue.happened({ what: 'podPlaced', pod: pod.pod });
    // What the watch showed before the binding was answered.
    if (Boolean(pod.pod.metadata?.deletionTimestamp) !== pod.terminating) this.#settle(pod.pod, pod.key, assumed.node);
  }

  /** The binding failed, or was not to be. */
  unassume(pod: QueuedPod): void {
    const assumed = this.assumed.get(pod.key);
    if (!assumed) return;
    this.assumed.delete(pod.key);
    this.#cluster.displace(pod, assumed.node);
    if (assumed.overtaken) this.#cluster.drop(pod);
    this.#queue.happened({ what: 'podGone', pod: pod.pod });
  }

  #seenOnNode(pod: Pod, node: string): void {
    const key = keyOfPod(pod);
    const assumed = this.assumed.get(key);
    if (assumed && !assumed.overtaken && assumed.node === node && assumed.pod.uid === pod.metadata?.uid) {
      assumed.pod.pod = pod;
      return;
    }
    const queued = this.#queue.get(key);
    if (queued) this.#dequeue(queued);
    if (assumed) assumed.overtaken = true;
    else if (queued) this.#cluster.drop(queued);
    this.#settle(pod, key, node);
  }

  #settle(pod: Pod, key: string, node: string): void {
    const known = this.placed.get(key);
    const now = this.#cluster.describe(pod);
    if (known && known.node === node && known.pod.uid === now.uid) {
      const { pod: before } = known;
      if (before.podClass === now.podClass && before.terminating === now.terminating && before.priority === now.priority) {
        before.pod = pod;
        this.#cluster.drop(now);
        if (before.startedAt === now.startedAt) return;
        before.startedAt = now.startedAt;
        // How long a pod has run says how soon it is preempted.
        if (before.slot >= 0) this.#cluster.nodes.changed(before.slot);
        return;
      }
    }
    if (known) this.#take(key, known);
    this.#cluster.place(now, node);
    this.placed.set(key, { pod: now, node });
    this.#tell(known?.pod.pod, pod);
  }

  /** That a pod begins to go is no reason to try others again, as little as it is for kube-scheduler: that it is gone will be. */
  #tell(before: Pod | undefined, pod: Pod): void {
    if (before && JSON.stringify(before.metadata?.labels) === JSON.stringify(pod.metadata?.labels)) {
      if (JSON.stringify(before.spec) !== JSON.stringify(pod.spec)) this.#queue.happened({ what: 'podGone', pod: before });
    } else this.#queue.happened({ what: 'podPlaced', pod });
  }

  #seenPending(pod: Pod): void {
    const key = keyOfPod(pod);
    const assumed = this.assumed.get(key);
    const placed = this.placed.get(key);
    // What we know is newer: an update from before the binding.
    if (assumed?.pod.uid === pod.metadata?.uid || placed?.pod.uid === pod.metadata?.uid) return;
    if (assumed) assumed.overtaken = true;
    this.#displace(key);
    const queued = this.#queue.get(key);
    if (queued && queued.uid === pod.metadata?.uid && !changedForScheduling(queued.pod, pod)) {
      queued.pod = pod;
      return;
    }
    if (queued) {
      this.#dequeue(queued);
      this.#cluster.drop(queued);
    }
    const profile = this.#profile(pod.spec?.schedulerName ?? 'default-scheduler');
    if (profile) this.#enqueue(pod, profile);
  }

  #enqueue(pod: Pod, profile: Profile): void {
    const info = this.#queue.add(this.#cluster.describe(pod), profile);
    const nominated = pod.status?.nominatedNodeName;
    if (nominated) this.#cluster.nominate(info, nominated);
    this.#queue.happened({ what: 'podPending', pod });
  }

  #dequeue(queued: QueuedPod): void {
    this.#queue.remove(queued);
    this.#cluster.denominate(queued);
  }

  #displace(key: string): void {
    const placed = this.placed.get(key);
    if (!placed) return;
    this.#take(key, placed);
    this.#queue.happened({ what: 'podGone', pod: placed.pod.pod });
  }

  #take(key: string, { pod, node }: { pod: PodInfo; node: string }): void {
    this.placed.delete(key);
    this.#cluster.displace(pod, node);
    this.#cluster.drop(pod);
  }
}
