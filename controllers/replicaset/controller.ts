/** ReplicaSet and ReplicationController: keeps as many pods as asked for, adopts those that match, releases those that don't. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { keyOf } from '../../client/informer.ts';
import { type Pod, pods, type ReplicaSet } from '../../client/resources.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { createExpectations } from '../shared/expectations.ts';
import { applyClaim, controllerOf, controllerReference, planClaim } from '../shared/owners.ts';
import { orphanPods, podsByOwner, podsOf } from '../shared/pod-index.ts';
import { isActive, isFinished, isTerminating } from '../shared/pods.ts';
import { same } from '../shared/same.ts';
import { slowStart } from '../shared/slow-start.ts';
import { type ReplicaKind, replicaSetKind, replicationControllerKind } from './kind.ts';
import { type Failure, nextAvailable, type Observed, planReplicas, planStatus } from './plan.ts';
import { connect, deletionName, type Watched } from './watch.ts';

interface State extends Watched {
  client: Client;
  recorder: Recorder;
  now(): number;
}

export const replicaSetController = controllerFor(replicaSetKind, 'concurrent-replicaset-syncs');
export const replicationController = controllerFor(replicationControllerKind, 'concurrent-rc-syncs');

function controllerFor(kind: ReplicaKind, workers: 'concurrent-replicaset-syncs' | 'concurrent-rc-syncs'): Controller {
  return {
    name: kind.name,
    start: (env) => {
      const state = open(env, kind);
      const sources = connect.bind(undefined, state);
      return loopOf(env, { name: kind.name, sources, workers: env.options[workers], reconcile: (key) => reconcile(state, key) });
    },
  };
}

function open(env: Env, kind: ReplicaKind): State {
  const { clock } = env.ctx;
  const sets = env.informers.for(kind.resource);
  sets.addIndex('namespace', (set) => [set.metadata?.namespace ?? '']);
  sets.addIndex('owner', (set) => [controllerOf(set)?.uid ?? '']);
  return {
    kind,
    sets,
    pods: podsByOwner(env.informers),
    expectations: createExpectations(clock),
    client: env.client,
    recorder: env.record(kind.component),
    now: () => clock.now(),
  };
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const set = state.sets.get(key);
  if (!set) return undefined;
  // Asked before the pods are read, so that what arrives in between errs on the side of waiting.
  const cacheIsFresh = state.expectations.met(key);
  const observed = await observe(state, set);
  const failure = cacheIsFresh && !set.metadata?.deletionTimestamp ? await applyReplicas(state, key, observed) : undefined;
  const status = planStatus(observed, failure?.failure);
  await writeStatus(state, set, status);
  if (failure && !failure.quiet) throw failure.error;
  const after = nextAvailable(observed);
  return after === undefined ? undefined : { requeueAfter: after };
}

async function observe(state: State, set: ReplicaSet): Promise<Observed> {
  const { kind, client } = state;
  const { namespace = '', name = '', uid = '' } = set.metadata ?? {};
  const mine = podsOf(state.pods, uid);
  const candidates = [...mine, ...orphanPods(state.pods, namespace)].filter(isActive);
  const selects = kind.selects(set);
  const claim = planClaim(set, candidates, (pod) => selects(pod.metadata?.labels));
  const active = await applyClaim(claim, {
    reference: controllerReference(set, kind.apiVersion, kind.kind),
    liveOwner: () => client.get(kind.resource, name, namespace),
    patch: (pod, patch) => client.patch(pods, { name: pod.metadata?.name ?? '', namespace }, 'strategic', patch),
  });
  const terminating = kind.countsTerminating ? mine.filter((pod) => isTerminating(pod) && !isFinished(pod)).length : undefined;
  return { set, active, terminating, now: state.now() };
}

/** `quiet`: it failed for a reason that trying again will not help. */
interface Applied {
  failure: Failure | undefined;
  error: unknown;
  quiet: boolean;
}

async function applyReplicas(state: State, key: string, observed: Observed): Promise<Applied | undefined> {
  const { create, remove } = planReplicas(observed, () => familyOf(state, observed.set));
  if (create > 0) return createPods(state, key, observed.set, create);
  return remove.length > 0 ? deletePods(state, key, observed.set, remove) : undefined;
}

/** Active pods of all sets that have the same owner (a Deployment); of this one alone where it has none. */
function* familyOf(state: State, set: ReplicaSet): Generator<Pod> {
  const owner = controllerOf(set);
  const sets = owner ? state.sets.by('owner', owner.uid) : [set];
  for (const member of sets) for (const pod of podsOf(state.pods, member.metadata?.uid ?? '')) if (isActive(pod)) yield pod;
}

async function createPods(state: State, key: string, set: ReplicaSet, count: number): Promise<Applied | undefined> {
  state.expectations.expectCreations(key, count);
  const pod = podFrom(state.kind, set);
  const outcome = await slowStart(count, async () => {
    try {
      const created = await state.client.create(pods, pod);
      state.recorder.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata?.name}`);
    } catch (error) {
      state.expectations.creationSeen(key);
      const message = (error as Error).message;
      if (!isNamespaceTerminating(error)) state.recorder.event(set, 'Warning', 'FailedCreate', `Error creating: ${message}`);
      throw error;
    }
  });
  for (let i = 0; i < outcome.skipped; i++) state.expectations.creationSeen(key);
  if (outcome.error === undefined) return undefined;
  const quiet = isNamespaceTerminating(outcome.error);
  return { failure: quiet ? undefined : failureOf('FailedCreate', outcome.error), error: outcome.error, quiet };
}

async function deletePods(state: State, key: string, set: ReplicaSet, remove: Pod[]): Promise<Applied | undefined> {
  state.expectations.expectDeletions(key, remove.map(deletionName));
  const results = await Promise.allSettled(remove.map((pod) => deletePod(state, key, set, pod)));
  const failed = results.find((result) => result.status === 'rejected');
  return failed && { failure: failureOf('FailedDelete', failed.reason), error: failed.reason, quiet: false };
}

async function deletePod(state: State, key: string, set: ReplicaSet, pod: Pod): Promise<void> {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  try {
    await state.client.delete(pods, { name, namespace }, { preconditions: { uid } });
    state.recorder.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  } catch (error) {
    state.expectations.deletionSeen(key, deletionName(pod));
    if (isNotFound(error) || isConflict(error)) return;
    state.recorder.event(set, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`);
    throw error;
  }
}

const failureOf = (reason: Failure['reason'], error: unknown): Failure => ({ reason, message: (error as Error).message });

/** The same object for every pod: it is only serialised. */
function podFrom(kind: ReplicaKind, set: ReplicaSet): Pod {
  const { metadata, spec } = set.spec?.template ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ...(metadata?.finalizers && { finalizers: metadata.finalizers }),
      generateName: `${set.metadata?.name}-`,
      namespace: set.metadata?.namespace ?? '',
      ownerReferences: [controllerReference(set, kind.apiVersion, kind.kind)],
    },
    ...(spec && { spec }),
  };
}

async function writeStatus(state: State, set: ReplicaSet, status: NonNullable<ReplicaSet['status']>): Promise<void> {
  if (same(set.status, status)) return;
  try {
    await state.client.update(state.kind.resource, { ...set, status }, 'status');
  } catch (error) {
    // Our copy was behind: the news that is on its way runs this again.
    if (isNotFound(error) || (isConflict(error) && state.sets.get(keyOf(set)) !== set)) return;
    throw error;
  }
}
