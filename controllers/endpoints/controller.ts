/** Endpoints: the older form of EndpointSlice, which some clients still read. */
import type { Client } from '../../client/client.ts';
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { equalityPredicate } from '../../client/label-selector.ts';
import { resource } from '../../client/resource.ts';
import { type Controller, loopOf } from '../controller.ts';
import { canServe } from '../endpointslice/endpoints.ts';
import { podsIn } from '../shared/pod-index.ts';
import { same } from '../shared/same.ts';
import { connectServices, noteLook, type ServicePods, servicePods } from '../shared/service-pods.ts';
import { type Endpoints, MANAGED_BY, MANAGER, planEndpoints } from './plan.ts';

const NAME = 'endpoints-controller';
export const endpoints = resource<Endpoints>('v1', 'Endpoints', 'endpoints');

interface State extends ServicePods {
  client: Client;
  endpoints: Informer<Endpoints>;
}

export const endpointsController: Controller = {
  name: NAME,
  start: (env) => {
    const state: State = { ...servicePods(env), client: env.client, endpoints: env.informers.for(endpoints) };
    return loopOf(env, {
      name: NAME,
      workers: env.options['concurrent-endpoint-syncs'],
      sources: (add) => {
        connectServices(state, add);
        state.endpoints.handle({
          add: (object) => add(keyOf(object)),
          update: (object) => add(keyOf(object)),
          remove: (object) => add(keyOf(object)),
        });
      },
      reconcile: async (key) => {
        const began = state.monotonic();
        await reconcile(state, key).finally(() => noteLook(state, key, began));
        return undefined;
      },
    });
  },
};

async function reconcile(state: State, key: string): Promise<void> {
  const service = state.services.get(key);
  const standing = state.endpoints.get(key);
  if (!service) return removeOrphan(state, standing);
  if (!service.spec?.selector || service.spec.type === 'ExternalName' || service.metadata?.deletionTimestamp) return;
  const selects = equalityPredicate(service.spec.selector);
  const pods = podsIn(state.pods, service.metadata?.namespace ?? '').filter((pod) => selects(pod.metadata?.labels));
  // Kubernetes refuses an Endpoints with an address that is on no node, and so has none until the pod is bound.
  if (pods.some((pod) => canServe(pod) && !pod.spec?.nodeName)) return;
  const wanted = planEndpoints(service, pods, standing);
  if (standing && same(standing.subsets ?? [], wanted.subsets) && same(standing.metadata, wanted.metadata)) return;
  await write(state.client, wanted, standing !== undefined);
}

async function write(client: Client, wanted: Endpoints, stands: boolean): Promise<void> {
  try {
    await (stands ? client.update(endpoints, wanted) : client.create(endpoints, wanted));
  } catch (error) {
    // What stands will be shown to us, and looked at again.
    if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error;
  }
}

/** Only what is ours: Endpoints without a Service may be somebody's (as leader locks once were). */
async function removeOrphan({ client }: State, standing: Endpoints | undefined): Promise<void> {
  if (standing?.metadata?.labels?.[MANAGED_BY] !== MANAGER) return;
  const { name = '', namespace = '' } = standing.metadata;
  await client.delete(endpoints, { name, namespace }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}
