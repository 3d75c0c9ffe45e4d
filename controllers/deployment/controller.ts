/** Deployment: rolls out templates through replica sets, one step at a time. */
import type { Client } from '../../client/client.ts';
import { isAlreadyExists, isConflict, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import { type Deployment, deployments, type ReplicaSet, replicaSets } from '../../client/resources.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, loopOf } from '../controller.ts';
import { applyClaim, controllerOf, controllerReference, planClaim } from '../shared/owners.ts';
import { podsByOwner, podsOf } from '../shared/pod-index.ts';
import { isFinished } from '../shared/pods.ts';
import { condition, PROGRESSING, set as setCondition } from './conditions.ts';
import type { DeploymentStatus } from './draft.ts';
import { progressDeadline } from './limits.ts';
import { type Plan, planDeployment } from './plan.ts';
import { isOf } from './revision.ts';
import { connect, type Watched } from './watch.ts';

interface State extends Watched {
  client: Client;
  recorder: Recorder;
  now(): number;
}

export const deploymentController: Controller = {
  name: 'deployment-controller',
  start: (env) => {
    const state: State = {
      deployments: env.informers.for(deployments),
      sets: env.informers.for(replicaSets),
      pods: podsByOwner(env.informers),
      client: env.client,
      recorder: env.record('deployment-controller'),
      now: () => env.ctx.clock.now(),
    };
    state.deployments.addIndex('namespace', (deployment) => [deployment.metadata?.namespace ?? '']);
    state.sets.addIndex('namespace', (set) => [set.metadata?.namespace ?? '']);
    state.sets.addIndex('owner', (set) => [controllerOf(set)?.uid ?? '']);
    const workers = env.options['concurrent-deployment-syncs'];
    const sources = connect.bind(undefined, state);
    return loopOf(env, { name: 'deployment-controller', sources, workers, reconcile: (key) => reconcile(state, key) });
  },
};

async function reconcile(state: State, key: string): Promise<Outcome> {
  const deployment = state.deployments.get(key);
  if (!deployment) return undefined;
  const sets = await claimSets(state, deployment);
  const hasPods = (set: ReplicaSet) => podsOf(state.pods, set.metadata?.uid ?? '').some((pod) => !isFinished(pod));
  const plan = planDeployment({ deployment, sets, hasPods, now: state.now() });
  return apply(state, deployment, plan);
}

function claimSets(state: State, deployment: Deployment): Promise<ReplicaSet[]> {
  const { namespace = '', name = '' } = deployment.metadata ?? {};
  const matches = labelPredicate(deployment.spec?.selector);
  const claim = planClaim(deployment, state.sets.by('namespace', namespace), (set) => matches(set.metadata?.labels));
  return applyClaim(claim, {
    reference: controllerReference(deployment, 'apps/v1', 'Deployment'),
    liveOwner: () => state.client.get(deployments, name, namespace),
    patch: (set, patch) => state.client.patch(replicaSets, { name: set.metadata?.name ?? '', namespace }, 'strategic', patch),
  });
}

async function apply(state: State, deployment: Deployment, plan: Plan): Promise<Outcome> {
  const { client, recorder } = state;
  if (plan.create && !(await createSet(state, deployment, plan.create))) return undefined;
  for (const set of plan.update) await client.update(replicaSets, set);
  for (const { type, reason, message } of plan.events) recorder.event(deployment, type, reason, message);
  if (plan.status || plan.annotations) await writeStatus(state, deployment, plan.status ?? deployment.status ?? {}, plan.annotations);
  for (const set of plan.remove) await removeSet(client, set);
  return plan.requeueAfter === undefined ? undefined : { requeueAfter: plan.requeueAfter };
}

/** False: the namespace is being deleted, and nothing is to be done any more. */
async function createSet(state: State, deployment: Deployment, set: ReplicaSet): Promise<boolean> {
  try {
    await state.client.create(replicaSets, set);
    return true;
  } catch (error) {
    if (isNamespaceTerminating(error)) return false;
    if (isAlreadyExists(error)) return takeExisting(state, deployment, set);
    await reportFailure(state, deployment, set, error);
    throw error;
  }
}

/** A set of that name stands: ours, which our copy has not seen yet, or another whose template has the same hash. */
async function takeExisting(state: State, deployment: Deployment, set: ReplicaSet): Promise<boolean> {
  const { name = '', namespace = '' } = set.metadata ?? {};
  const standing = await state.client.get(replicaSets, name, namespace);
  if (controllerOf(standing)?.uid === deployment.metadata?.uid && isOf(standing, deployment)) return false;
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await writeStatus(state, deployment, { ...deployment.status, collisionCount });
  return false;
}

async function reportFailure(state: State, deployment: Deployment, set: ReplicaSet, error: unknown): Promise<void> {
  const message = `Failed to create new replica set "${set.metadata?.name}": ${(error as Error).message}`;
  state.recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
  if (progressDeadline(deployment) === undefined) return;
  const made = condition(PROGRESSING, 'False', 'ReplicaSetCreateError', message, state.now());
  const conditions = setCondition(deployment.status?.conditions ?? [], made);
  if (conditions !== deployment.status?.conditions) await writeStatus(state, deployment, { ...deployment.status, conditions });
}

/** The status subresource also takes the deployment's annotations, among them its revision. */
async function writeStatus(
  { client }: State,
  deployment: Deployment,
  status: DeploymentStatus,
  annotations: Record<string, string> | undefined = deployment.metadata?.annotations,
): Promise<void> {
  const metadata = { ...deployment.metadata, ...(annotations && { annotations }) };
  await client.update(deployments, { ...deployment, metadata, status }, 'status');
}

async function removeSet(client: Client, set: ReplicaSet): Promise<void> {
  const { name = '', namespace = '', uid = '' } = set.metadata ?? {};
  try {
    await client.delete(replicaSets, { name, namespace }, { preconditions: { uid } });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
