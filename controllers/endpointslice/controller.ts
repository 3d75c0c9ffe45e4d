/** EndpointSlice: which pods, at which addresses and ports, stand behind each service that has a selector. */
import type { Client } from '../../client/client.ts';
import { isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { equalityPredicate } from '../../client/label-selector.ts';
import { type EndpointSlice, endpointSlices, type Node, nodes, type Service } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, loopOf } from '../controller.ts';
import { podsIn } from '../shared/pod-index.ts';
import { connectServices, noteLook, type ServicePods, servicePods } from '../shared/service-pods.ts';
import { MANAGED_BY, MANAGER, type Plan, planSlices, SERVICE_NAME } from './plan.ts';
import { createSightings, type Sightings } from './sightings.ts';

interface State extends ServicePods {
  nodes: Informer<Node>;
  slices: Informer<EndpointSlice>;
  sightings: Sightings;
  client: Client;
  recorder: Recorder;
  limit: number;
  /** Services some of whose pods were left out because their node was not there. */
  incomplete: Set<string>;
}

/** If one of our writes is not seen for this long (ms), it never will be. */
const BLIND_MS = 5000;

export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  start: (env) => {
    const { informers, client, options } = env;
    const state: State = {
      ...servicePods(env),
      nodes: informers.for(nodes),
      slices: informers.for(endpointSlices),
      sightings: createSightings(),
      client,
      recorder: env.record('endpoint-slice-controller'),
      limit: options['max-endpoints-per-slice'],
      incomplete: new Set(),
    };
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
  const { services, slices, sightings } = state;
  connectServices(state, add);
  state.nodes.handle({ add: () => state.incomplete.forEach((service) => void add(service)) });
  services.handle({ remove: (service) => forget(state, keyOf(service)) });
  const sliceChanged = (slice: EndpointSlice, gone: boolean) => {
    if (!isOurs(slice)) return;
    const wasFresh = sightings.fresh(serviceKey(slice), Number.NEGATIVE_INFINITY);
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

function forget({ sightings, incomplete }: State, key: string): void {
  sightings.forget(key);
  incomplete.delete(key);
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const service = state.services.get(key);
  if (!service?.spec?.selector || service.spec.type === 'ExternalName' || service.metadata?.deletionTimestamp) return undefined;
  const began = state.monotonic();
  if (!state.sightings.fresh(key, began - BLIND_MS)) return { requeueAfter: 10 };
  state.sightings.forget(key);
  const selects = equalityPredicate(service.spec.selector);
  const plan = planSlices({
    service,
    pods: podsIn(state.pods, service.metadata?.namespace ?? '').filter((pod) => selects(pod.metadata?.labels)),
    node: (name) => state.nodes.get(name),
    slices: state.slices.by('service', key).filter((slice) => !slice.metadata?.deletionTimestamp),
    limit: state.limit,
  });
  await apply(state, key, service, plan).finally(() => noteLook(state, key, began));
  state.incomplete.delete(key);
  if (plan.skipped.length === 0) return undefined;
  state.incomplete.add(key);
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
function noteWrite({ slices, sightings, monotonic }: State, key: string, slice: EndpointSlice): void {
  const seen = Number(slices.get(keyOf(slice))?.metadata?.resourceVersion ?? 0);
  if (seen < Number(slice.metadata?.resourceVersion)) sightings.wrote(key, slice, monotonic());
}

async function remove({ client, sightings, slices, monotonic }: State, key: string, slice: EndpointSlice): Promise<void> {
  const { name = '', namespace = '' } = slice.metadata ?? {};
  try {
    await client.delete(endpointSlices, { name, namespace });
    if (slices.get(keyOf(slice))) sightings.removed(key, slice, monotonic());
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
