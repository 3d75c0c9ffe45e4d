/**
 * Where pods wait to be scheduled. A pod is in one of four places:
 *
 *   active         tried next, in the order of the profile's queueSort plugin: higher priority first, then who has waited longer
 *   backoff        tried again when its time has come: 1 s after the first failure, doubling up to 10 s
 *   unschedulable  was refused; waits for an event that could change the mind of a plugin that refused it (its hints say which), or
 *                  for five minutes to pass
 *   gated          a preEnqueue plugin holds it back; waits for the pod to change
 *
 *      add --> active --> popped --> bound
 *                ^          |  \
 *                |     error|   \refused
 *                |          v    v
 *                +------ backoff <-- (event, if its backoff is not over) -- unschedulable
 *                ^                                                             |
 *                +--------------------- (event) -------------------------------+
 *
 * When nothing is active, a pod in backoff that was refused (not one that failed with an error) is tried at once: backoff is there to
 * keep hopeless pods from delaying others, and there are no others. Decisions take no time in between in which an event could be missed,
 * so, unlike kube-scheduler, the queue need not remember events for pods that are being decided.
 */

import type { Pod } from '../../client/resources.ts';
import type { Clock, Timer } from '../../types/part/clock.ts';
import type { Cluster } from '../cache/cluster.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { type ClusterEvent, EVENT_NAMES, type EventName } from '../framework/events.ts';
import type { Refusal } from '../framework/plugin.ts';
import type { Profile } from '../framework/profile.ts';
import { Heap } from './heap.ts';

export interface QueuedPod extends PodInfo {
  readonly profile: Profile;
  heapIndex: number;
  place: 'active' | 'backoff' | 'unschedulable' | 'gated' | 'out';
  /** When it was last put into the queue, in milliseconds of the clock; with `order` among equals. */
  queuedAt: number;
  order: number;
  attempts: number;
  /** Not before this time, once it leaves `unschedulable`. */
  backoffUntil: number;
  /** It failed with an error, not for want of a node. */
  failed: boolean;
  /** Plugins that refused it the last time. */
  refusedBy: ReadonlySet<string>;
  unschedulableSince: number;
}

export interface QueueOptions {
  /** Milliseconds. Default 1,000. */
  initialBackoff?: number;
  /** Milliseconds. Default 10,000. */
  maxBackoff?: number;
  /** Called when there may be something to pop. */
  onReady(): void;
}

/** A pod that no event has helped is tried again after this long, in case a hint was wrong. */
const FLUSH_AFTER = 5 * 60_000;
const FLUSH_EVERY = 30_000;

export class SchedulingQueue {
  readonly #pods = new Map<string, QueuedPod>();
  readonly #active: Heap<QueuedPod>;
  readonly #backoff = new Heap<QueuedPod>(
    (a, b) => a.backoffUntil < b.backoffUntil || (a.backoffUntil === b.backoffUntil && a.order < b.order),
  );
  /** Unschedulable pods by the events that may help them. */
  readonly #waiting = new Map<EventName, Set<QueuedPod>>();
  readonly #clock: Clock;
  readonly #cluster: Cluster;
  readonly #options: Required<QueueOptions>;
  readonly #flush: Timer;
  #order = 0;
  #timer: { at: number; timer: Timer } | undefined;

  constructor(clock: Clock, cluster: Cluster, sort: Profile['queueSort'], options: QueueOptions) {
    this.#clock = clock;
    this.#cluster = cluster;
    this.#options = { initialBackoff: 1000, maxBackoff: 10_000, ...options };
    this.#active = new Heap((a, b) => (sort.compare?.(a, b) || a.order - b.order) < 0);
    this.#flush = clock.every(FLUSH_EVERY, () => this.flushOld());
    this.#flush.unref();
  }

  get(key: string): QueuedPod | undefined {
    return this.#pods.get(key);
  }

  /** Pods by place. */
  counts(): Record<QueuedPod['place'], number> {
    const counts = { active: 0, backoff: 0, unschedulable: 0, gated: 0, out: 0 };
    for (const pod of this.#pods.values()) counts[pod.place]++;
    return counts;
  }

  /** A pod that is to be scheduled. It stays in the queue's books, also while it is out, until `remove`. */
  add(info: PodInfo, profile: Profile): QueuedPod {
    const pod: QueuedPod = Object.assign(info, {
      profile,
      heapIndex: -1,
      place: 'out' as const,
      queuedAt: 0,
      order: 0,
      attempts: 0,
      backoffUntil: 0,
      failed: false,
      refusedBy: new Set<string>(),
      unschedulableSince: 0,
    });
    this.#pods.set(pod.key, pod);
    this.#enqueue(pod);
    return pod;
  }

  remove(pod: QueuedPod): void {
    this.#takeOut(pod);
    this.#pods.delete(pod.key);
  }

  /** The next pod to try; it is out until it is given back or removed. */
  pop(): QueuedPod | undefined {
    this.#endBackoffs();
    const pod = this.#active.peek() ?? this.#impatient();
    if (!pod) return undefined;
    this.#takeOut(pod);
    pod.attempts++;
    return pod;
  }

  /** No node would take it: it waits for an event. */
  refused(pod: QueuedPod, plugins: ReadonlySet<string>): void {
    pod.refusedBy = plugins;
    pod.failed = false;
    pod.place = 'unschedulable';
    pod.unschedulableSince = this.#clock.now();
    pod.backoffUntil = this.#clock.now() + this.#backoffOf(pod);
    // Nobody in particular refused it (there was no node at all): any event may help.
    if (plugins.size === 0) for (const event of EVENT_NAMES) this.#waitingFor(event).add(pod);
    for (const plugin of pod.profile.plugins) {
      if (plugins.has(plugin.name)) for (const { on } of plugin.hints ?? []) this.#waitingFor(on).add(pod);
    }
  }

  /** Something went wrong (a conflict, a lost connection): it is tried again after its backoff. */
  retry(pod: QueuedPod): void {
    pod.failed = true;
    pod.refusedBy = new Set();
    pod.backoffUntil = this.#clock.now() + this.#backoffOf(pod);
    this.#toBackoff(pod);
  }

  /** Moves the pods that this event may help. */
  happened(event: ClusterEvent): void {
    for (const pod of [...(this.#waiting.get(event.what) ?? [])]) if (this.#mayHelp(pod, event)) this.activate(pod);
  }

  /** Tries an unschedulable or gated pod again, after its backoff. */
  activate(pod: QueuedPod): void {
    if (pod.place !== 'unschedulable' && pod.place !== 'gated') return;
    this.#takeOut(pod);
    if (pod.backoffUntil > this.#clock.now()) this.#toBackoff(pod);
    else this.#enqueue(pod);
  }

  activateAll(which: (pod: PodInfo) => boolean): void {
    for (const pod of [...this.#pods.values()]) if (pod.place === 'unschedulable' && which(pod)) this.activate(pod);
  }

  /** Tries again what has waited for five minutes. */
  flushOld(): void {
    const before = this.#clock.now() - FLUSH_AFTER;
    for (const pod of [...this.#pods.values()]) {
      if (pod.place === 'unschedulable' && pod.unschedulableSince < before) this.activate(pod);
    }
  }

  stop(): void {
    this.#flush.cancel();
    this.#timer?.timer.cancel();
  }

  #enqueue(pod: QueuedPod): void {
    if (gateOf(pod)) {
      pod.place = 'gated';
      return;
    }
    pod.queuedAt = this.#clock.now();
    pod.order = this.#order++;
    pod.place = 'active';
    this.#active.push(pod);
    this.#options.onReady();
  }

  #toBackoff(pod: QueuedPod): void {
    pod.place = 'backoff';
    pod.order = this.#order++;
    this.#backoff.push(pod);
    this.#wakeAt(pod.backoffUntil);
    this.#options.onReady();
  }

  #endBackoffs(): void {
    for (let pod = this.#backoff.peek(); pod && pod.backoffUntil <= this.#clock.now(); pod = this.#backoff.peek()) {
      this.#backoff.pop();
      this.#enqueue(pod);
    }
  }

  #impatient(): QueuedPod | undefined {
    for (const pod of this.#backoff) if (!pod.failed && !isPatient(pod)) return pod;
    return undefined;
  }

  #wakeAt(time: number): void {
    if (this.#timer && this.#timer.at <= time) return;
    this.#timer?.timer.cancel();
    const timer = this.#clock.after(Math.max(0, time - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#endBackoffs();
      const next = this.#backoff.peek();
      if (next) this.#wakeAt(next.backoffUntil);
    });
    timer.unref();
    this.#timer = { at: time, timer };
  }

  #takeOut(pod: QueuedPod): void {
    if (pod.place === 'active') this.#active.remove(pod);
    else if (pod.place === 'backoff') this.#backoff.remove(pod);
    else if (pod.place === 'unschedulable') for (const waiting of this.#waiting.values()) waiting.delete(pod);
    pod.place = 'out';
  }

  #waitingFor(event: EventName): Set<QueuedPod> {
    const waiting = this.#waiting.get(event) ?? new Set();
    this.#waiting.set(event, waiting);
    return waiting;
  }

  #mayHelp(pod: QueuedPod, event: ClusterEvent): boolean {
    if (pod.refusedBy.size === 0) return true;
    return pod.profile.plugins.some(
      (plugin) =>
        pod.refusedBy.has(plugin.name) &&
        plugin.hints?.some(({ on, helps }) => on === event.what && (helps?.(pod, event as never, this.#cluster) ?? true)),
    );
  }

  #backoffOf(pod: QueuedPod): number {
    const { initialBackoff, maxBackoff } = this.#options;
    return Math.min(initialBackoff * 2 ** Math.min(pod.attempts - 1, 20), maxBackoff);
  }
}

export function gateOf(pod: PodInfo & { profile: Profile }): Refusal | undefined {
  for (const plugin of pod.profile.preEnqueue) {
    const refused = plugin.preEnqueue?.(pod);
    if (refused) return refused;
  }
  return undefined;
}

const isPatient = (pod: QueuedPod): boolean => pod.profile.permit.some((plugin) => plugin.patient?.(pod));

/** Whether a change of a pending pod is worth another try: its labels, its tolerations, its gates, not its status. */
export function changedForScheduling(before: Pod, after: Pod): boolean {
  return (
    before.metadata?.generation !== after.metadata?.generation ||
    JSON.stringify(before.metadata?.labels) !== JSON.stringify(after.metadata?.labels) ||
    JSON.stringify(before.spec) !== JSON.stringify(after.spec)
  );
}
