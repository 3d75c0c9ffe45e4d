/** StatefulSet: pods with a name, a volume and a place in an order that outlive them, one step at a time. */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import { type Pod, persistentVolumeClaims, pods } from '../../client/resources.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { applyClaim, planClaim } from '../shared/owners.ts';
import { orphanPods, podsByOwner, podsOf } from '../shared/pod-index.ts';
import {
  applyRevision,
  type ControllerRevision,
  claimRevisions,
  controllerRevisions,
  type History,
  nameOf,
  outdated,
  type PodTemplate,
  planRevision,
  removeRevisions,
  templateOf,
} from '../shared/revisions.ts';
import { same } from '../shared/same.ts';
import { applyPlan, type Hands } from './apply.ts';
import { podRevision, type StatefulSet, type StatefulSetStatus, setReference, statefulSets } from './identity.ts';
import { type Observed, planStatefulSet } from './plan.ts';
import { nextAvailable, planStatus } from './status.ts';
import { connect, isMember, type Watched } from './watch.ts';

interface State extends Watched, Hands {
  revisions: Informer<ControllerRevision>;
  maxUnavailable: boolean;
  now(): number;
}

export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  start: (env) => {
    const state = open(env);
    const sources = connect.bind(undefined, state);
    const workers = env.options['concurrent-statefulset-syncs'];
    return loopOf(env, { name: 'statefulset-controller', sources, workers, reconcile: (key) => reconcile(state, key) });
  },
};

function open(env: Env): State {
  const sets = env.informers.for(statefulSets);
  const revisions = env.informers.for(controllerRevisions);
  sets.addIndex('namespace', (set) => [set.metadata?.namespace ?? '']);
  revisions.addIndex('namespace', (revision) => [revision.metadata?.namespace ?? '']);
  return {
    sets,
    revisions,
    pods: podsByOwner(env.informers),
    claims: env.informers.for(persistentVolumeClaims),
    maxUnavailable: env.options['feature-gates'].MaxUnavailableStatefulSet,
    client: env.client,
    recorder: env.record('statefulset-controller'),
    now: () => env.ctx.clock.now(),
  };
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const set = state.sets.get(key);
  if (!set) return undefined;
  const liveOwner = () => state.client.get(statefulSets, nameOf(set), set.metadata?.namespace);
  const history = historyOf(set);
  const selects = labelPredicate(set.spec?.selector);
  const matches = (revision: ControllerRevision) => selects(revision.metadata?.labels);
  const revisions = await claimRevisions(state.client, state.revisions, history, matches, liveOwner);
  const owned = await claimPods(state, set, liveOwner);
  const update = await applyRevision(state.client, history, planRevision(history, revisions));
  const current = revisions.find((revision) => nameOf(revision) === set.status?.currentRevision) ?? update.revision;
  const observed = observe(state, set, owned, current, update.revision);
  const plan = planStatefulSet(observed);
  const failure = await applyPlan(state, set, plan).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  await writeStatus(state, set, planStatus(observed, update.collisionCount, failure ? 0 : plan.replaced));
  if (failure) throw failure.error;
  const live = new Set([nameOf(current), nameOf(update.revision), ...owned.map(podRevision)]);
  await removeRevisions(state.client, outdated(revisions, live, set.spec?.revisionHistoryLimit ?? 10));
  const after = nextAvailable(observed);
  return after === undefined ? undefined : { requeueAfter: after };
}

function historyOf(set: StatefulSet): History {
  return {
    owner: set,
    reference: setReference(set),
    template: set.spec?.template as PodTemplate,
    hashLabel: 'controller.kubernetes.io/hash',
    collisionCount: set.status?.collisionCount ?? 0,
  };
}

function claimPods(state: State, set: StatefulSet, liveOwner: () => Promise<StatefulSet>): Promise<Pod[]> {
  const { namespace = '', uid = '' } = set.metadata ?? {};
  const candidates = [...podsOf(state.pods, uid), ...orphanPods(state.pods, namespace)];
  return applyClaim(
    planClaim(set, candidates, (pod) => isMember(set, pod)),
    {
      reference: setReference(set),
      liveOwner,
      patch: (pod, patch) => state.client.patch(pods, { name: nameOf(pod), namespace }, 'strategic', patch),
    },
  );
}

function observe(state: State, set: StatefulSet, owned: Pod[], current: ControllerRevision, update: ControllerRevision): Observed {
  return {
    set,
    pods: owned,
    claim: (name) => state.claims.get(`${set.metadata?.namespace}/${name}`),
    current,
    update,
    currentTemplate: templateOf(current),
    updateTemplate: set.spec?.template as PodTemplate,
    now: state.now(),
    maxUnavailable: state.maxUnavailable,
  };
}

async function writeStatus(state: State, set: StatefulSet, status: StatefulSetStatus): Promise<void> {
  if (same(set.status, status)) return;
  try {
    await state.client.update(statefulSets, { ...set, status }, 'status');
  } catch (error) {
    // Our copy was behind: the news that is on its way runs this again.
    if (isNotFound(error) || (isConflict(error) && state.sets.get(keyOf(set)) !== set)) return;
    throw error;
  }
}
