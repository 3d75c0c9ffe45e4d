/** `pods/NAME/eviction`: a deletion that PodDisruptionBudgets may refuse (k8s.io/kubernetes/pkg/registry/core/pod/storage: EvictionREST). */

import { rfc3339 } from '../../types/part/clock.ts';
import { type LabelSelector, labelSelectorMatcher } from '../../types/selectors.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest, failure, notFound, tooManyRequests } from '../errors.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import { type Call, formatted } from '../verbs/call.ts';
import { parseBody } from '../verbs/decode.ts';
import { deleteObject } from '../verbs/delete.ts';
import type { DeleteOptions } from '../verbs/delete-options.ts';
import { guardedUpdate } from '../verbs/guarded-update.ts';
import { keyFor, storedBytes, type WriteContext, writeContextOf } from '../verbs/write-context.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
import type { SubresourceVerbs } from './subresources.ts';

interface Eviction extends AnyObject {
  deleteOptions?: DeleteOptions;
}

interface Budget extends AnyObject {
  spec?: { selector?: LabelSelector };
  status?: { disruptionsAllowed?: number; observedGeneration?: number; disruptedPods?: Record<string, string>; [field: string]: unknown };
}

const BUDGETS = 'poddisruptionbudgets.policy';
/** Seconds after which a refused client may try again. */
const RETRY_AFTER = 10;

async function evict(call: Call): Promise<Answer> {
  const options = readWriteOptions(call.info.query, 'CreateOptions');
  const eviction = (await parseBody(call, 'Eviction')) as Eviction;
  const named = eviction.metadata?.name;
  if (named && named !== call.info.name) throw badRequest('name in URL does not match name in Eviction object');
  const deletion = eviction.deleteOptions ?? {};
  const context = { ...writeContextOf(call, options), subresource: '' };
  if (deletion.dryRun?.length) context.dryRun = true;
  const pod = await call.core.caches.getFresh('pods', `${context.namespace}/${context.name}`);
  if (!pod) throw notFound(call.kind, context.name);
  if (!goesFreely(pod)) await takeDisruption(context, pod);
  if (!context.dryRun) await markDisrupted(context);
  await deleteObject(context, deletion);
  return formatted(call, jsonAnswer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201));
}

/** The pod says why it goes. */
async function markDisrupted(context: WriteContext): Promise<void> {
  const { kind, core, name } = context;
  await guardedUpdate(context, keyFor(context, name), async (current) => {
    if (!current) throw notFound(kind, name);
    const pod = current.parse();
    const status = (pod.status ?? {}) as { conditions?: { type: string }[] };
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: rfc3339(core.clock.now()),
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    };
    pod.status = { ...status, conditions: [...(status.conditions ?? []).filter((c) => c.type !== condition.type), condition] };
    return { type: 'update', value: storedBytes(kind, pod) };
  });
}

/** Pods that do not run, or are about to go, disrupt nobody. */
function goesFreely(pod: AnyObject): boolean {
  const phase = (pod.status as { phase?: string } | undefined)?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata?.deletionTimestamp !== undefined;
}

/** Takes one of the budget's disruptions, or throws 429. */
async function takeDisruption(context: WriteContext, pod: AnyObject): Promise<void> {
  const { core, namespace, name } = context;
  await core.caches.of(BUDGETS).fresh();
  const budgets = ([...core.caches.list(BUDGETS)] as Budget[]).filter(
    (b) => b.metadata?.namespace === namespace && labelSelectorMatcher(b.spec?.selector)(pod.metadata?.labels),
  );
  if (budgets.length > 1) {
    throw failure(500, undefined, 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  }
  const kind = core.kinds.find('policy', 'v1', 'poddisruptionbudgets');
  const budget = budgets[0];
  if (!budget || !kind) return;
  const own: WriteContext = { ...context, kind, name: budget.metadata?.name ?? '', subresource: 'status' };
  await guardedUpdate(own, `${namespace}/${own.name}`, async (current) => {
    if (!current) throw notFound(kind, own.name);
    const object = current.parse() as Budget;
    object.status = withDisruption(object, name, core.clock.now());
    return { type: 'update', value: storedBytes(kind, object) };
  });
}

function withDisruption(budget: Budget, pod: string, now: number): Budget['status'] {
  const status = budget.status ?? {};
  const name = budget.metadata?.name ?? '';
  if ((status.observedGeneration ?? 0) < (budget.metadata?.generation ?? 0)) {
    throw refused(`The disruption budget ${name} is still being processed by the server.`, RETRY_AFTER);
  }
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed <= 0) {
    const { desiredHealthy = 0, currentHealthy = 0 } = status as { desiredHealthy?: number; currentHealthy?: number };
    throw refused(`The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`);
  }
  return { ...status, disruptionsAllowed: allowed - 1, disruptedPods: { ...status.disruptedPods, [pod]: rfc3339(now) } };
}

function refused(message: string, retryAfter = 0) {
  const error = tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", retryAfter);
  if (retryAfter === 0) delete error.headers['Retry-After'];
  error.status.details = { ...(retryAfter > 0 ? error.status.details : {}), causes: [{ reason: 'DisruptionBudget', message }] };
  return error;
}

export const evictionVerbs: SubresourceVerbs = { create: evict };
