/** Pod garbage collector: removes pods of nodes that are gone, pods that nobody will ever end, and finished pods beyond a threshold. */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { keyOf } from '../../client/informer.ts';
import { type Node, nodes, type Pod, pods as podsResource } from '../../client/resources.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { type Disruption, disrupt } from '../shared/disruption.ts';
import { podsByNode, podsOn } from '../shared/pod-index.ts';
import { abandoned, surplus } from './plan.ts';

const NAME = 'pod-garbage-collector-controller';
const PERIOD_MS = 20_000;
/** A node that is deleted and registers again within this time keeps its pods. (kube-controller-manager waits 40 s, its informers being slower.) */
const QUARANTINE_MS = 10_000;
const FORCE = { gracePeriodSeconds: 0 };
const NODE_GONE: Disruption = { ...FORCE, fail: true, reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };
const OUT_OF_SERVICE: Disruption = { ...FORCE, fail: true, reason: 'DeletionByPodGC', message: 'PodGC: node is out of service' };

/** Keys: names of nodes that pods are bound to but which are not there; `''` for all the rest. */
export const podGarbageCollector: Controller = {
  name: NAME,
  start: (env) => {
    const { clock, signal } = env.ctx;
    const shown = { nodes: env.informers.for(nodes), pods: podsByNode(env.informers) };
    return loopOf(env, {
      name: NAME,
      workers: 4,
      sources: (add) => {
        const lost = (name: string | undefined) => name && !shown.nodes.get(name) && add(name, { after: QUARANTINE_MS });
        shown.nodes.handle({ remove: (node) => lost(keyOf(node)) });
        const look = () => {
          if (!shown.nodes.synced || !shown.pods.synced) return;
          for (const pod of shown.pods.list()) lost(pod.spec?.nodeName);
          add('');
        };
        const timer = clock.every(PERIOD_MS, look);
        signal.addEventListener('abort', () => timer.cancel(), { once: true });
        // A pod that was never bound has no kubelet that would end it.
        shown.pods.handle({ update: (pod) => pod.metadata?.deletionTimestamp && !pod.spec?.nodeName && add('') });
      },
      reconcile: async (name) => {
        if (name === '') await sweep(env, shown.pods.list(), (node) => shown.nodes.get(node));
        else if (await isGone(env, name)) await disruptAll(env, podsOn(shown.pods, name), NODE_GONE);
        return undefined;
      },
    });
  },
};

/** Asks the API itself: pods must not be killed on the word of a copy that is behind. */
async function isGone({ client }: Env, name: string): Promise<boolean> {
  try {
    await client.get(nodes, name);
    return false;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

async function sweep(env: Env, pods: Iterable<Pod>, node: (name: string) => Node | undefined): Promise<void> {
  const all = [...pods];
  const left = abandoned(all, node);
  await disruptAll(
    env,
    left.filter((pod) => pod.spec?.nodeName),
    OUT_OF_SERVICE,
  );
  const unbound = left.filter((pod) => !pod.spec?.nodeName);
  await Promise.all([...unbound, ...surplus(all, env.options['terminated-pod-gc-threshold'])].map((pod) => remove(env, pod)));
}

async function disruptAll({ client, ctx }: Env, pods: Pod[], disruption: Disruption): Promise<void> {
  await Promise.all(pods.map((pod) => disrupt(client, pod, disruption, ctx.clock.now())));
}

async function remove({ client }: Env, { metadata }: Pod): Promise<void> {
  const { name = '', namespace = '', uid = '' } = metadata ?? {};
  await client.delete(podsResource, { name, namespace }, { ...FORCE, preconditions: { uid } }).catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
}
