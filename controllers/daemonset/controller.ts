/** DaemonSet: one pod on each node that its template fits. */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { isEmptySelector, labelPredicate } from '../../client/label-selector.ts';
import { nodes, type Pod } from '../../client/resources.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { createExpectations } from '../shared/expectations.ts';
import { podsByOwner } from '../shared/pod-index.ts';
import {
  applyRevision,
  type ControllerRevision,
  claimRevisions,
  controllerRevisions,
  type History,
  nameOf,
  type PodTemplate,
  planRevision,
  REVISION_LABEL,
  removeRevisions,
} from '../shared/revisions.ts';
import { same } from '../shared/same.ts';
import { createNodeFailures, type NodeFailures } from './failures.ts';
import { fitsOf } from './fits.ts';
import { type DaemonSet, type DaemonSetStatus, daemonSets, setReference } from './identity.ts';
import { groupByNode, type Observed, planNodes } from './plan.ts';
import { applyChange, claimPods, type Hands, tellEnded } from './pods.ts';
import { planRollout } from './rollout.ts';
import { nextAvailable, planStatus } from './status.ts';
import { connect } from './watch.ts';

interface State extends Hands {
  revisions: Informer<ControllerRevision>;
  failures: NodeFailures;
  now(): number;
}

export const daemonSetController: Controller = {
  name: 'daemonset-controller',
  start: (env) => {
    const state = open(env);
    const sources = connect.bind(undefined, state);
    const workers = env.options['concurrent-daemonset-syncs'];
    return loopOf(env, { name: 'daemonset-controller', sources, workers, reconcile: (key) => reconcile(state, key) });
  },
};

function open(env: Env): State {
  const { clock } = env.ctx;
  const sets = env.informers.for(daemonSets);
  const revisions = env.informers.for(controllerRevisions);
  sets.addIndex('namespace', (set) => [set.metadata?.namespace ?? '']);
  revisions.addIndex('namespace', (revision) => [revision.metadata?.namespace ?? '']);
  return {
    sets,
    revisions,
    pods: podsByOwner(env.informers),
    nodes: env.informers.for(nodes),
    creations: createExpectations(clock),
    deletions: createExpectations(clock),
    failures: createNodeFailures(),
    client: env.client,
    recorder: env.record('daemonset-controller'),
    now: () => clock.now(),
  };
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const set = state.sets.get(key);
  if (!set || set.metadata?.deletionTimestamp) return undefined;
  if (isEmptySelector(set.spec?.selector ?? {})) {
    const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
    state.recorder.event(set, 'Warning', 'SelectingAll', message);
    return undefined;
  }
  const history = historyOf(set);
  const revisions = await revisionsOf(state, set, history);
  const { revision, collisionCount } = await applyRevision(state.client, history, planRevision(history, revisions));
  // Asked before the pods are read, so that what arrives in between errs on the side of waiting.
  const fresh = isFresh(state, key);
  const pods = await claimPods(state, set);
  const observed = observe(state, set, pods, revision.metadata?.labels?.[REVISION_LABEL] ?? '');
  const outcome = fresh ? await act(state, observed) : { wait: undefined, error: undefined };
  await writeStatus(state, set, planStatus(observed, fresh && outcome.error === undefined, collisionCount || set.status?.collisionCount));
  if (outcome.error !== undefined) throw outcome.error;
  await removeRevisions(state.client, outdated(set, revisions, revision, pods));
  const waits = [outcome.wait, nextAvailable(observed)].filter((wait) => wait !== undefined);
  return waits.length > 0 ? { requeueAfter: Math.min(...waits) } : undefined;
}

const isFresh = ({ creations, deletions }: State, key: string) => creations.met(key) && deletions.met(key);

function historyOf(set: DaemonSet): History {
  return {
    owner: set,
    reference: setReference(set),
    template: set.spec?.template as PodTemplate,
    hashLabel: REVISION_LABEL,
    collisionCount: set.status?.collisionCount ?? 0,
  };
}

function revisionsOf({ client, revisions }: State, set: DaemonSet, history: History): Promise<ControllerRevision[]> {
  const selects = labelPredicate(set.spec?.selector);
  const { name = '', namespace = '' } = set.metadata ?? {};
  const matches = (revision: ControllerRevision) => selects(revision.metadata?.labels);
  return claimRevisions(client, revisions, history, matches, () => client.get(daemonSets, name, namespace));
}

function observe(state: State, set: DaemonSet, pods: Pod[], hash: string): Observed {
  const now = state.now();
  return {
    set,
    nodes: [...state.nodes.list()],
    fits: fitsOf(set),
    byNode: groupByNode(pods),
    hash,
    backoff: (node) => state.failures.wait(`${set.metadata?.uid}/${node}`, now),
    now,
  };
}

/** Puts the nodes in order; only when that is done (and seen) goes on with a rollout. */
async function act(state: State, observed: Observed): Promise<{ wait: number | undefined; error: unknown }> {
  const { set, hash, now } = observed;
  const plan = planNodes(observed);
  for (const ended of plan.ended) {
    tellEnded(state.recorder, set, ended);
    if (ended.pod.status?.phase === 'Failed') state.failures.note(`${set.metadata?.uid}/${ended.node}`, now);
  }
  try {
    await applyChange(state, set, hash, plan);
    if (plan.create.length + plan.remove.length === 0) await applyChange(state, set, hash, planRollout(observed));
    return { wait: plan.wait, error: undefined };
  } catch (error) {
    return { wait: plan.wait, error };
  }
}

/** As many past revisions are kept as the limit says, and those that pods are of. */
function outdated(set: DaemonSet, revisions: ControllerRevision[], current: ControllerRevision, pods: Pod[]): ControllerRevision[] {
  const live = new Set(pods.map((pod) => pod.metadata?.labels?.[REVISION_LABEL]));
  const past = revisions.filter((revision) => nameOf(revision) !== nameOf(current));
  const surplus = past.length - (set.spec?.revisionHistoryLimit ?? 10);
  return past.filter((revision) => !live.has(revision.metadata?.labels?.[REVISION_LABEL])).slice(0, Math.max(0, surplus));
}

async function writeStatus(state: State, set: DaemonSet, status: DaemonSetStatus): Promise<void> {
  if (same(set.status, status)) return;
  try {
    await state.client.update(daemonSets, { ...set, status }, 'status');
  } catch (error) {
    // Our copy was behind: the news that is on its way runs this again.
    if (isNotFound(error) || (isConflict(error) && state.sets.get(keyOf(set)) !== set)) return;
    throw error;
  }
}
