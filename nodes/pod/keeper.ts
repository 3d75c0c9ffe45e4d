/** Keeps the pods that are bound to this process's hosts: takes them on, leads them through their lives, buries them. */
import type { Client } from '../../client/client.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, type Informers, keyOf } from '../../client/informer.ts';
import { type Pod, pods } from '../../client/resources.ts';
import { runLoop } from '../../queue/loop.ts';
import { createMemoryQueue } from '../../queue/memory.ts';
import type { Outcome, Queue } from '../../queue/queue.ts';
import type { PartContext } from '../../types/part/part.ts';
import type { Hosts } from '../machine/host.ts';
import type { Addresses } from '../net/addresses.ts';
import type { Responder } from '../net/responder.ts';
import type { NodesOptions } from '../options.ts';
import { advance } from './advance.ts';
import { gatesMoved } from './conditions.ts';
import { giveBack, type Kept, sharesHostNetwork } from './kept.ts';
import { eventsOf, type PodEvent, snapshotOf } from './news.ts';
import { faultMessage, syncPorts } from './ports.ts';
import { isOver, isUnderWay } from './resume.ts';
import type { PodRun } from './run.ts';
import { statusOf } from './status.ts';
import { takeOn } from './take-on.ts';
import { bury, writeStatus } from './writes.ts';

/** Milliseconds: the longest that a timer is set for; a later event is looked at again then. */
const LONGEST_WAIT = 3_600_000;
/** Milliseconds until a port that could not be opened is tried again. */
const PORT_RETRY = 5_000;

export interface KeeperSetup {
  client: Client;
  ctx: PartContext;
  options: NodesOptions;
  informers: Informers;
  hosts: Hosts;
  addresses: Addresses;
  responder: Responder;
  recorder: Recorder;
  /** Resolves when addresses in use were taken over. */
  prepared: Promise<void>;
}

export interface Keeper {
  /** A host began or ended: looks at all its pods. */
  hostChanged(name: string): void;
  stopped: Promise<void>;
}

export interface KeeperState extends KeeperSetup {
  pods: Informer<Pod>;
  /** By namespace/name. */
  kept: Map<string, Kept>;
}

/** Pods without a node are none of a kubelet's business, and most changes of theirs need not travel here. */
export const boundPods = (informers: Informers) => informers.for(pods, { fieldSelector: 'spec.nodeName!=' });

export function startKeeper(setup: KeeperSetup): Keeper {
  const { ctx, options } = setup;
  const state: KeeperState = { ...setup, pods: boundPods(setup.informers), kept: new Map() };
  state.pods.addIndex('node', (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []));
  const queue = createMemoryQueue('pods', ctx.clock, { base: 20, max: 10_000 });
  const { stopped } = runLoop({
    name: 'pods',
    queue,
    sources: (add) => {
      const again = (pod: Pod) => add(keyOf(pod));
      state.pods.handle({ add: again, update: again, remove: (pod) => forget(state, pod, queue) });
    },
    synced: setup.prepared,
    reconcile: (key) => reconcile(state, key),
    workers: options['pod-workers'],
    log: ctx.log,
    clock: ctx.clock,
    signal: ctx.signal,
  });
  return { hostChanged: (name) => queueHost(state, name, queue), stopped };
}

/** The address of a pod that was never kept, but taken over, is given back here. */
function forget(state: KeeperState, pod: Pod, queue: Queue): void {
  if (state.kept.has(keyOf(pod))) void queue.add(keyOf(pod));
  else state.addresses.release(pod.metadata?.uid ?? '');
}

/** Pods that ran before come first, so that what they take counts before new ones are admitted. */
function queueHost(state: KeeperState, name: string, queue: Queue): void {
  const all = state.pods.by('node', name);
  for (const pod of all) if (isUnderWay(pod)) void queue.add(keyOf(pod));
  for (const pod of all) if (!isUnderWay(pod)) void queue.add(keyOf(pod));
}

async function reconcile(state: KeeperState, key: string): Promise<Outcome> {
  const pod = state.pods.get(key);
  let kept = state.kept.get(key);
  const host = state.hosts.get(pod?.spec?.nodeName ?? '');
  if (kept && (kept.uid !== pod?.metadata?.uid || kept.host !== host)) {
    giveBack(kept, state.addresses, state.responder);
    state.kept.delete(key);
    kept = undefined;
  }
  if (!pod || !host) return undefined;
  if (!kept) {
    kept = takeOn(state, pod, host);
    state.kept.set(key, kept);
  }
  return kept.run ? lead(state, kept, kept.run, pod) : afterwards(state, kept, pod);
}

/** Of a pod that is over: what is left to do is to write a refusal down, and to bury it when it is deleted. */
async function afterwards(state: KeeperState, kept: Kept, pod: Pod): Promise<Outcome> {
  if (kept.refusal && !isOver(pod)) {
    await writeStatus(state.client, pod, kept.refusal);
    kept.refusal = undefined;
  }
  if (!pod.metadata?.deletionTimestamp || kept.buried) return undefined;
  await bury(state.client, pod);
  kept.buried = true;
  return undefined;
}

async function lead(state: KeeperState, kept: Kept, run: PodRun, pod: Pod): Promise<Outcome> {
  const { ctx, options } = state;
  const now = ctx.clock.now();
  askToStop(kept, run, pod, now);
  const before = snapshotOf(run);
  const { changed, wakeAt } = advance(run, kept.behaviour, now);
  if (run.sandbox && !run.address) run.address = addressFor(state, kept, pod);
  kept.dirty ||= changed || gatesMoved(pod, run);
  if (changed) tell(state, pod, eventsOf(pod, before, run));
  const faults = await syncPorts(kept, pod, state.responder);
  for (const fault of faults) state.recorder.event(pod, 'Warning', 'FailedListen', faultMessage(run.address ?? '', fault));
  // A pod on its way into the grave is shown once more only where somebody waits for how it ended.
  const silent = run.stopped && !pod.metadata?.finalizers?.length;
  if (kept.dirty && !silent && (run.finish || wakeAt - now > options['pod-status-settle'])) {
    await writeStatus(state.client, pod, statusOf(pod, run, now));
    kept.dirty = false;
  }
  if (run.finish) {
    giveBack(kept, state.addresses, state.responder);
    return afterwards(state, kept, pod);
  }
  const wait = Math.min(wakeAt - ctx.clock.now(), faults.length > 0 ? PORT_RETRY : LONGEST_WAIT);
  return wakeAt === Number.POSITIVE_INFINITY && faults.length === 0 ? undefined : { requeueAfter: Math.max(0, wait) };
}

function addressFor(state: KeeperState, kept: Kept, pod: Pod): string {
  if (sharesHostNetwork(pod)) return kept.host.address;
  try {
    return state.addresses.assign(kept.uid);
  } catch (error) {
    state.recorder.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${(error as Error).message}`);
    throw error;
  }
}

function askToStop(kept: Kept, run: PodRun, pod: Pod, now: number): void {
  if (!pod.metadata?.deletionTimestamp || run.stopAt !== undefined) return;
  const grace = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  run.stopAt = now + Math.min(kept.behaviour.stopDelay(), grace);
}

function tell(state: KeeperState, pod: Pod, events: PodEvent[]): void {
  const all = state.options['pod-events'] === 'all';
  for (const { type, reason, message } of events) {
    if (all || type === 'Warning') state.recorder.event(pod, type, reason, message);
  }
}
