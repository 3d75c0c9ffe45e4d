/** EndpointSlice: which pods, at which addresses and ports, stand behind each service that has a selector. */
import type { Client } from '../../client/client.ts';
import { isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { equalityPredicate } from '../../client/label-selector.ts';
import { type EndpointSlice, endpointSlices, type Node, nodes, type Pod, type Service, services } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, loopOf } from '../controller.ts';
import { podsByNamespace, podsIn } from '../shared/pod-index.ts';
import { isReady, isTerminating } from '../shared/pods.ts';
import { same } from '../shared/same.ts';
import { MANAGED_BY, MANAGER, type Plan, planSlices, SERVICE_NAME } from './plan.ts';
import { createSightings, type Sightings } from './sightings.ts';

interface State {
  services: Informer<Service>;
  pods: Informer<Pod>;
  nodes: Informer<Node>;
  slices: Informer<EndpointSlice>;
  sightings: Sightings;
  client: Client;
  recorder: Recorder;
  limit: number;
  batch: number;
  /** When (monotonic) each service was last looked at. */
  looked: Map<string, number>;
  monotonic(): number;
}

/** After a service was looked at, news of its pods are gathered this long (ms), so that a rollout is not a write for each pod. */
const GATHER_MS = 30;
/** If one of our writes is not seen for this long (ms), it never will be. */
const BLIND_MS = 5000;

export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  start: (env) => {
    const { informers, client, options, ctx } = env;
    const state: State = {
      services: informers.for(services),
      pods: podsByNamespace(informers),
      nodes: informers.for(nodes),
      slices: informers.for(endpointSlices),
      sightings: createSightings(),
      client,
      recorder: env.record('endpoint-slice-controller'),
      limit: options['max-endpoints-per-slice'],
      batch: options['endpointslice-updates-batch-period'],
      looked: new Map(),
      monotonic: () => ctx.clock.monotonic(),
    };
    state.services.addIndex('namespace', (service) => [service.metadata?.namespace ?? '']);
    state.slices.addIndex('service', (slice) => (isOurs(slice) ? [serviceKey(slice)] : []));
    const workers = options['concurrent-service-endpoint-syncs'];
    return loopOf(env, {
      name: 'endpointslice-controller',
      sources: (add) => connect(state, add),
      workers,
      reconcile: (key) => reconcile(state, key),
    });
  },
};

const isOurs = (slice: EndpointSlice) => slice.metadata?.labels?.[MANAGED_BY] === MANAGER;
const serviceKey = (slice: EndpointSlice) => `${slice.metadata?.namespace}/${slice.metadata?.labels?.[SERVICE_NAME]}`;

function connect(state: State, add: Add): void {
  const { services, pods, slices, sightings } = state;
  services.handle({
    add: (service) => add(keyOf(service)),
    update: (service) => add(keyOf(service)),
    remove: (service) => {
      sightings.forget(keyOf(service));
      state.looked.delete(keyOf(service));
    },
  });
  pods.handle({
    add: (pod) => podChanged(state, add, pod),
    update: (pod, before) => podMoved(state, add, pod, before),
    remove: (pod) => podChanged(state, add, pod),
  });
  const sliceChanged = (slice: EndpointSlice, gone: boolean) => {
    if (!isOurs(slice)) return;
    const wasFresh = sightings.fresh(serviceKey(slice));
    sightings.saw(serviceKey(slice), slice, gone);
    // Nothing of ours was outstanding: somebody else wrote.
    if (wasFresh) add(serviceKey(slice));
  };
  slices.handle({
    update: (slice, before) => {
      if (isOurs(before) && !isOurs(slice)) add(serviceKey(before));
      sliceChanged(slice, false);
    },
    add: (slice) => sliceChanged(slice, false),
    remove: (slice) => sliceChanged(slice, true),
  });
}

/** A change that endpoints show. */
function podMoved(state: State, add: Add, pod: Pod, before: Pod): void {
  const relabelled = !same(pod.metadata?.labels, before.metadata?.labels);
  if (relabelled) podChanged(state, add, before);
  const moved =
    relabelled ||
    pod.status?.podIP !== before.status?.podIP ||
    pod.status?.phase !== before.status?.phase ||
    pod.spec?.nodeName !== before.spec?.nodeName ||
    isReady(pod) !== isReady(before) ||
    isTerminating(pod) !== isTerminating(before) ||
    !same(pod.status?.podIPs, before.status?.podIPs);
  if (moved) podChanged(state, add, pod);
}

function podChanged(state: State, add: Add, pod: Pod): void {
  for (const service of state.services.by('namespace', pod.metadata?.namespace ?? '')) {
    if (!equalityPredicate(service.spec?.selector)(pod.metadata?.labels)) continue;
    const key = keyOf(service);
    const since = state.monotonic() - (state.looked.get(key) ?? Number.NEGATIVE_INFINITY);
    add(key, { after: Math.max(state.batch, GATHER_MS - since, 0) });
  }
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const service = state.services.get(key);
  if (!service?.spec?.selector || service.spec.type === 'ExternalName' || service.metadata?.deletionTimestamp) return undefined;
  const now = state.monotonic();
  const last = state.looked.get(key) ?? now;
  if (!state.sightings.fresh(key) && now - last < BLIND_MS) return { requeueAfter: 10 };
  state.sightings.forget(key);
  state.looked.set(key, now);
  const selects = equalityPredicate(service.spec.selector);
  const plan = planSlices({
    service,
    pods: podsIn(state.pods, service.metadata?.namespace ?? '').filter((pod) => selects(pod.metadata?.labels)),
    node: (name) => state.nodes.get(name),
    slices: state.slices.by('service', key).filter((slice) => !slice.metadata?.deletionTimestamp),
    limit: state.limit,
  });
  await apply(state, key, service, plan);
  if (plan.skipped.length === 0) return undefined;
  const why = plan.skipped.length === 1 ? plan.skipped[0] : `[${plan.skipped.join(', ')}]`;
  const message = `Error updating Endpoint Slices for Service ${key}: ${why}`;
  state.recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
  throw new Error(message);
}

async function apply(state: State, key: string, service: Service, plan: Plan): Promise<void> {
  const { client } = state;
  const written = await Promise.allSettled([
    ...plan.create.map(async (slice) => noteWrite(state, key, await client.create(endpointSlices, slice))),
    ...plan.update.map(async (slice) => noteWrite(state, key, await client.update(endpointSlices, slice))),
    ...plan.remove.map((slice) => remove(state, key, slice)),
  ]);
  const failed = written.find((result) => result.status === 'rejected');
  if (!failed || isNamespaceTerminating(failed.reason)) return;
  const message = `Error updating Endpoint Slices for Service ${key}: ${(failed.reason as Error).message}`;
  state.recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
  throw failed.reason;
}

/** The informer is often faster than the answer to the write. */
function noteWrite({ slices, sightings }: State, key: string, slice: EndpointSlice): void {
  const seen = Number(slices.get(keyOf(slice))?.metadata?.resourceVersion ?? 0);
  if (seen < Number(slice.metadata?.resourceVersion)) sightings.wrote(key, slice);
}

async function remove({ client, sightings, slices }: State, key: string, slice: EndpointSlice): Promise<void> {
  const { name = '', namespace = '' } = slice.metadata ?? {};
  try {
    await client.delete(endpointSlices, { name, namespace });
    if (slices.get(keyOf(slice))) sightings.removed(key, slice);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
