/** PodDisruptionBudget: keeps the status by which the API allows or refuses evictions. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { type LabelSelector, labelPredicate } from '../../client/label-selector.ts';
import { deployments, type Pod, type PodDisruptionBudget, podDisruptionBudgets, replicaSets } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import type { Outcome } from '../../queue/queue.ts';
import type { KubeObject } from '../../types/wire.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { podsByNamespace, podsIn } from '../shared/pod-index.ts';
import { same } from '../shared/same.ts';
import { statefulSets } from '../statefulset/identity.ts';
import { type BudgetStatus, evictedOf, expect, failedStatus, needsScale, planStatus } from './plan.ts';
import { createScaleOf, type ScaleOf } from './scale.ts';

interface State {
  client: Client;
  recorder: Recorder;
  budgets: Informer<PodDisruptionBudget>;
  pods: Informer<Pod>;
  scaleOf: ScaleOf;
  now(): number;
}

export const disruptionController: Controller = {
  name: 'disruption-controller',
  start: (env) => {
    const budgets = env.informers.for(podDisruptionBudgets);
    budgets.addIndex('namespace', (budget) => [budget.metadata?.namespace ?? '']);
    const state: State = {
      budgets,
      pods: podsByNamespace(env.informers),
      scaleOf: createScaleOf(env),
      client: env.client,
      recorder: env.record('controllermanager'),
      now: () => env.ctx.clock.now(),
    };
    const sources = (add: Add) => connect(env, state, add);
    return loopOf(env, { name: 'disruption-controller', sources, workers: 2, reconcile: (key) => reconcile(state, key) });
  },
};

function connect(env: Env, { budgets, pods }: State, add: Add): void {
  const changed = (budget: PodDisruptionBudget) => add(keyOf(budget));
  budgets.handle({ add: changed, update: changed });
  const tell = (pod: Pod) => {
    for (const budget of budgets.by('namespace', pod.metadata?.namespace ?? '')) {
      if (labelPredicate(budget.spec?.selector)(pod.metadata?.labels)) add(keyOf(budget));
    }
  };
  pods.handle({
    add: tell,
    remove: tell,
    update: (pod, before) => {
      if (!same(pod.metadata?.labels, before.metadata?.labels)) tell(before);
      tell(pod);
    },
  });
  const scaled = (object: KubeObject & { spec?: { replicas?: number } }, before: typeof object) => {
    if (object.spec?.replicas === before.spec?.replicas) return;
    for (const budget of budgets.by('namespace', object.metadata?.namespace ?? '')) if (needsScale(budget)) add(keyOf(budget));
  };
  for (const resource of [deployments, replicaSets, statefulSets]) {
    env.informers.for<KubeObject & { spec?: { replicas?: number } }>(resource as never).handle({ update: scaled });
  }
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const budget = state.budgets.get(key);
  if (!budget) return undefined;
  const now = state.now();
  const selects = labelPredicate(budget.spec?.selector);
  const pods = podsIn(state.pods, budget.metadata?.namespace ?? '').filter((pod) => selects(pod.metadata?.labels));
  if (pods.length === 0) state.recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  const scale = await scaleFor(state, budget, pods);
  if (scale instanceof Error) {
    await writeStatus(state, budget, failedStatus(budget, scale.message, now));
    throw scale;
  }
  const evicted = evictedOf(budget, pods, now);
  for (const pod of evicted.overdue) {
    const message = `Pod was expected by PDB ${key} to be deleted but it wasn't`;
    state.recorder.event(pod, 'Warning', 'NotDeleted', message);
  }
  await writeStatus(state, budget, planStatus(budget, pods, expect(budget, pods, scale), evicted, now));
  return evicted.recheck === undefined ? undefined : { requeueAfter: evicted.recheck + 1 };
}

async function scaleFor(state: State, budget: PodDisruptionBudget, pods: Pod[]): Promise<number | Error> {
  if (!needsScale(budget)) return 0;
  try {
    const { replicas, unmanaged } = await state.scaleOf(pods);
    if (unmanaged.length > 0) state.recorder.event(budget, 'Warning', 'UnmanagedPods', unmanagedMessage(budget.spec?.selector));
    return replicas;
  } catch (error) {
    const { message } = error as Error;
    const text = `Failed to calculate the number of expected pods: ${message}`;
    state.recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', text);
    return error as Error;
  }
}

function unmanagedMessage(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const map = `map[string]string{${labels.map(([key, value]) => `${key}: ${value},`).join('')}}`;
  const expressions = (selector?.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  const shown = `&LabelSelector{MatchLabels:${map},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
  return (
    `Pods selected by this PodDisruptionBudget (selector: ${shown}) were found to be unmanaged. As a result, the status of the PDB ` +
    'cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ' +
    '".spec.minAvailable" field of the PDB to an integer value.'
  );
}

async function writeStatus(state: State, budget: PodDisruptionBudget, status: BudgetStatus): Promise<void> {
  if (same(budget.status, status)) return;
  try {
    await state.client.update(podDisruptionBudgets, { ...budget, status }, 'status');
  } catch (error) {
    // Our copy was behind: the news that is on its way runs this again.
    if (isNotFound(error) || (isConflict(error) && state.budgets.get(keyOf(budget)) !== budget)) return;
    throw error;
  }
}
