/** Namespace: empties one that is being deleted, its pods before all else, then lets it go. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNotFound } from '../../client/errors.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { type Namespace, namespaces, type Pod, pods } from '../../client/resources.ts';
import type { Outcome } from '../../queue/queue.ts';
import { type Controller, loopOf } from '../controller.ts';
import { type Catalogue, createCatalogue } from '../shared/catalogue.ts';
import { podsByNamespace, podsIn } from '../shared/pod-index.ts';
import { same } from '../shared/same.ts';
import { conditionsAfter, nothing, type Remains } from './conditions.ts';
import { canBeEmptied, empty } from './empty.ts';

interface State {
  client: Client;
  namespaces: Informer<Namespace>;
  pods: Informer<Pod>;
  catalogue: Catalogue;
  /** How often in a row each namespace still had something left. */
  tries: Map<string, number>;
  now(): number;
}

const FINALIZER = 'kubernetes';
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 5000;

export const namespaceController: Controller = {
  name: 'namespace-controller',
  start: (env) => {
    const state: State = {
      client: env.client,
      namespaces: env.informers.for(namespaces),
      pods: podsByNamespace(env.informers),
      catalogue: createCatalogue(env),
      tries: new Map(),
      now: () => env.ctx.clock.now(),
    };
    return loopOf(env, {
      name: 'namespace-controller',
      workers: env.options['concurrent-namespace-syncs'],
      sources: (add) => {
        const look = (namespace: Namespace) => namespace.metadata?.deletionTimestamp && add(keyOf(namespace));
        state.namespaces.handle({ add: look, update: look, remove: (namespace) => void state.tries.delete(keyOf(namespace)) });
        // The last pod that goes opens the way for the rest.
        state.pods.handle({
          remove: ({ metadata }) => {
            const namespace = state.namespaces.get(metadata?.namespace ?? '');
            if (namespace?.metadata?.deletionTimestamp && podsIn(state.pods, keyOf(namespace)).length === 0) add(keyOf(namespace));
          },
        });
      },
      reconcile: (key) => reconcile(state, key),
    });
  },
};

async function reconcile(state: State, name: string): Promise<Outcome> {
  const namespace = state.namespaces.get(name);
  if (!namespace?.metadata?.deletionTimestamp || !namespace.spec?.finalizers?.includes(FINALIZER)) return undefined;
  const remains = nothing();
  const left = await emptyAll(state, name, remains);
  await writeConditions(state, namespace, remains);
  if (left > 0) return { requeueAfter: nextLook(state, name) };
  await letGo(state.client, name);
  return undefined;
}

/** Pods go first, and the rest stays until they are gone: they may need it to end well. Resolves to how much is left. */
async function emptyAll({ client, catalogue }: State, namespace: string, remains: Remains): Promise<number> {
  const { served, failed } = await catalogue.read();
  remains.discoveryErrors = failed.map(({ groupVersion, message }) => `${groupVersion}: ${message}`);
  const isPods = ({ resource }: (typeof served)[number]) => resource.plural === pods.plural && resource.group === pods.group;
  const resources = served.filter(canBeEmptied);
  const ofPods = nothing();
  for (const first of resources.filter(isPods)) {
    const left = await empty(client, namespace, first, ofPods);
    remains.deletionErrors.push(...ofPods.deletionErrors);
    if (left > 0) return left;
  }
  const counts = await Promise.all(resources.filter((r) => !isPods(r)).map((resource) => empty(client, namespace, resource, remains)));
  return counts.reduce((sum, count) => sum + count, failed.length);
}

function nextLook({ tries }: State, name: string): number {
  const count = tries.get(name) ?? 0;
  tries.set(name, count + 1);
  return Math.min(FIRST_LOOK_MS * 2 ** count, LONGEST_LOOK_MS);
}

async function writeConditions({ client, now }: State, namespace: Namespace, remains: Remains): Promise<void> {
  const before = namespace.status?.conditions ?? [];
  const conditions = conditionsAfter(before, remains, now());
  if (same(before, conditions)) return;
  try {
    await client.update(namespaces, { ...namespace, status: { ...namespace.status, conditions } }, 'status');
  } catch (error) {
    if (!isConflict(error) && !isNotFound(error)) throw error;
  }
}

/** Takes our finalizer off through the subresource that alone may; the API then removes the namespace if no other is left. */
async function letGo(client: Client, name: string): Promise<void> {
  try {
    const namespace = await client.get(namespaces, name);
    const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    const body = { ...namespace, apiVersion: 'v1', kind: 'Namespace', spec: { ...namespace.spec, finalizers } };
    const answer = await client.raw('PUT', `/api/v1/namespaces/${name}/finalize`, body);
    if (answer.status >= 400 && answer.status !== 404) throw new Error(`finalizing ${name}: the server answered ${answer.status}`);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
