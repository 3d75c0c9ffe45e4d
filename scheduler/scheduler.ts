/**
 * The scheduler's loop: takes the next pod from the queue, decides, assumes that the pod is where it is to be, and binds it in the
 * background while the next one is decided. What fails on the way is undone in reverse.
 */
import { isConflict, isNotFound } from '../client/errors.ts';
import type { Recorder } from '../client/events.ts';
import type { Clock } from '../types/part/clock.ts';
import type { Log } from '../types/part/log.ts';
import type { Random } from '../types/part/random.ts';
import type { ApiWrites } from './api-writes.ts';
import { Cluster } from './cache/cluster.ts';
import type { Configuration } from './config/configuration.ts';
import { DecisionLog } from './explain/decision-log.ts';
import { decideWith } from './extenders/ask-extenders.ts';
import { Extender } from './extenders/extender.ts';
import type { BindContext, BindWrites, Plugin, Refusal } from './framework/plugin.ts';
import type { Profile } from './framework/profile.ts';
import { Lanes } from './lanes.ts';
import { PodBooks } from './pod-books.ts';
import { Preemptions } from './preemptions.ts';
import { type QueuedPod, SchedulingQueue } from './queue/scheduling-queue.ts';
import { Decider, type Decision, type Placed, type Refused } from './schedule-one.ts';

export interface SchedulerParts {
  clock: Clock;
  random: Random;
  log: Log;
  writes: ApiWrites;
  events: Recorder;
  configuration: Configuration;
  bindingsInFlight: number;
}

/** Decisions without a pause, in milliseconds; then requests and watches get their turn. */
const TURN = 10;
/** Milliseconds between looks at what a pod waits for. */
const POLL = 50;
/** Status writes at the same time, at most. */
const STATUS_WRITES = 16;
/** kube-scheduler cuts an event's note there. */
const LONGEST_NOTE = 1024;

export class Scheduler {
  readonly cluster = new Cluster();
  readonly queue: SchedulingQueue;
  readonly books: PodBooks;
  readonly decisions = new DecisionLog();
  readonly #parts: SchedulerParts;
  readonly #deciders = new Map<string, Decider>();
  readonly #extenders: readonly Extender[];
  /** Extenders are being asked about a pod: no other is decided meanwhile, or both might be given the same room. */
  #asking: Promise<void> | undefined;
  readonly #statuses: Lanes;
  readonly #preemptions: Preemptions;
  /** Assumed pods that wait for something else than the API server. */
  #waiting = 0;
  #running = false;
  #due = false;
  readonly #idle: (() => void)[] = [];

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    const { clock, random, configuration, log } = parts;
    this.#extenders = configuration.extenders.map((extender) => new Extender(extender, clock));
    for (const profile of configuration.profiles) this.#deciders.set(profile.schedulerName, new Decider(profile, this.cluster, random));
    const sort = (configuration.profiles[0] as Profile).queueSort;
    const { initialBackoff, maxBackoff } = configuration;
    this.queue = new SchedulingQueue(clock, this.cluster, sort, { initialBackoff, maxBackoff, onReady: () => this.#wake() });
    this.books = new PodBooks(this.cluster, this.queue, (schedulerName) => this.#deciders.get(schedulerName)?.profile);
    this.#statuses = new Lanes(STATUS_WRITES, (pod, error) => {
      if (!isNotFound(error)) log.warn({ pod, error: String(error) }, "a pod's status could not be written");
    });
    this.#preemptions = new Preemptions({ ...parts, cluster: this.cluster, queue: this.queue });
  }

  start(): void {
    this.#running = true;
    this.#wake();
  }

  /** Starts no more; resolves when what is being bound is bound or undone. */
  async stop(): Promise<void> {
    this.#running = false;
    this.queue.stop();
    await this.#asking;
    if (this.books.assumed.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#statuses.settled();
    await this.#preemptions.settled();
  }

  /** The turn begins in a microtask, so that what comes in one piece (a list, a packet of watch events) is seen as a whole. */
  #wake(): void {
    if (!this.#running || this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.#turn());
  }

  #turn(): void {
    this.#due = false;
    const end = this.#parts.clock.monotonic() + TURN;
    while (this.#running && !this.#asking && this.books.assumed.size - this.#waiting < this.#parts.bindingsInFlight) {
      const pod = this.queue.pop();
      if (!pod) return;
      this.#scheduleOne(pod);
      if (this.#parts.clock.monotonic() < end) continue;
      this.#due = true;
      this.#parts.clock.after(0, () => this.#turn());
      return;
    }
  }

  #scheduleOne(pod: QueuedPod): void {
    const decider = this.#deciders.get(pod.profile.schedulerName) as Decider;
    const extenders = this.#extenders.filter((extender) => extender.isFor(pod.pod));
    if (extenders.length === 0) this.#decided(pod, decider.decide(pod));
    else this.#asking = this.#ask(pod, extenders, decider);
  }

  async #ask(pod: QueuedPod, extenders: readonly Extender[], decider: Decider): Promise<void> {
    try {
      const decision = await decideWith(extenders, pod, this.cluster, decider, this.#parts.random);
      // It may be gone, or changed.
      if (this.queue.get(pod.key) === pod && pod.place === 'out') this.#decided(pod, decision);
    } catch (error) {
      this.#failed(pod, error, 'asking the extenders');
    }
    this.#asking = undefined;
    this.#wake();
  }

  #decided(pod: QueuedPod, decision: Decision): void {
    this.decisions.record(this.#parts.clock.now(), pod.key, pod.attempts, decision);
    if (decision.result === 'refused') this.#refused(pod, decision);
    else void this.#place(pod, decision);
  }

  /** Assume, reserve, permit, bind. */
  async #place(pod: QueuedPod, { node }: Placed): Promise<void> {
    const context: BindContext = { pod, node, cluster: this.cluster, writes: this.#bindWrites(pod, node) };
    this.books.assume(pod, node);
    const reserved: Plugin[] = [];
    try {
      const refused = await this.#commit(context, reserved);
      if (refused) {
        this.#undo(context, reserved);
        this.#refused(pod, { result: 'refused', message: refused.reasons.join(', '), plugins: new Set([refused.plugin]) });
      } else this.#bound(context);
    } catch (error) {
      this.#undo(context, reserved);
      this.#failed(pod, error);
    }
    this.#wake();
    if (this.books.assumed.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #bindWrites(pod: QueuedPod, node: string): BindWrites {
    const { writes, clock } = this.#parts;
    return {
      post: () => this.#binder(pod)?.bind(pod.pod, node) ?? writes.bind(pod.pod, node),
      bindVolume: writes.bindVolume,
      selectNode: writes.selectNode,
      activate: (which) => this.queue.activateAll(which),
      until: async (done, timeout) => {
        const end = clock.monotonic() + timeout;
        while (this.#running && !done() && clock.monotonic() < end) await clock.sleep(POLL);
        return done();
      },
    };
  }

  /** The extender that binds this pod in our place. */
  #binder(pod: QueuedPod): Extender | undefined {
    return this.#extenders.find((extender) => extender.config.bindVerb && extender.isFor(pod.pod));
  }

  async #commit(context: BindContext, reserved: Plugin[]): Promise<Refusal | undefined> {
    const { profile } = context.pod as QueuedPod;
    for (const plugin of profile.reserve) {
      reserved.push(plugin);
      const refused = plugin.reserve?.(context);
      if (refused) return refused;
    }
    for (const plugin of profile.permit) {
      const refused = await this.#aside(plugin.permit?.(context));
      if (refused) return refused;
    }
    for (const plugin of profile.preBind) await this.#aside(plugin.preBind?.(context));
    // The first one that binds does it for all.
    for (const plugin of profile.bind) if (plugin.bind) return void (await plugin.bind(context));
    return undefined;
  }

  /** Waiting for others (a gang, a volume) takes no place among the bindings under way. */
  async #aside<T>(waiting: Promise<T> | undefined): Promise<T | undefined> {
    if (!waiting) return undefined;
    this.#waiting++;
    this.#wake();
    try {
      return await waiting;
    } finally {
      this.#waiting--;
    }
  }

  #bound(context: BindContext): void {
    const pod = context.pod as QueuedPod;
    this.books.confirm(pod);
    this.#statuses.forget(pod.key);
    for (const plugin of pod.profile.postBind) plugin.postBind?.(context);
    this.#parts.events.event(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${context.node}`);
  }

  #undo(context: BindContext, reserved: Plugin[]): void {
    for (const plugin of reserved.reverse()) plugin.unreserve?.(context);
    this.books.unassume(context.pod as QueuedPod);
  }

  #failed(pod: QueuedPod, error: unknown, what = 'running Bind plugin "DefaultBinder"'): void {
    const { log, events } = this.#parts;
    if (this.queue.get(pod.key) !== pod) return;
    // Gone, or bound by somebody else: the watch tells, if it has not yet.
    if (isNotFound(error) || isConflict(error)) log.info({ pod: pod.key, error: String(error) }, 'a pod was not bound');
    else log.warn({ pod: pod.key, error: String(error) }, 'a pod could not be scheduled');
    events.event(
      pod.pod,
      'Warning',
      'FailedScheduling',
      `${what}: ${error instanceof Error ? error.message : error}`.slice(0, LONGEST_NOTE),
    );
    this.queue.retry(pod);
  }

  #refused(pod: QueuedPod, refused: Refused): void {
    if (this.queue.get(pod.key) !== pod) return;
    const { writes, events } = this.#parts;
    this.queue.refused(pod, refused.plugins);
    const nominated = this.#preemptions.nominate(pod, refused);
    events.event(pod.pod, 'Warning', 'FailedScheduling', refused.message.slice(0, LONGEST_NOTE));
    this.#statuses.run(pod.key, () => writes.explain(pod.pod, refused.message, nominated));
  }
}
