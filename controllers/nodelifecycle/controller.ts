/** Node lifecycle: notices machines that fall silent, says so in their conditions, and taints them, for the taint eviction to act on. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { type Lease, leases, type Node, nodes, type Pod, pods } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import type { Outcome } from '../../queue/queue.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { podsByNode, podsOn } from '../shared/pod-index.ts';
import { podCondition } from '../shared/pods.ts';
import { createEvictionRates, type EvictionRates } from './eviction-rate.ts';
import { type Graces, type Health, listen, nodeCondition, patience, silentConditions } from './health.ts';
import { planTaints, wouldEvict } from './taints.ts';

const NAME = 'node-lifecycle-controller';
const WORKERS = 8;

interface State {
  env: Env;
  client: Client;
  recorder: Recorder;
  nodes: Informer<Node>;
  leases: Informer<Lease>;
  pods: Informer<Pod>;
  health: Map<string, Health>;
  graces: Graces;
  rates: EvictionRates;
}

export const nodeLifecycleController: Controller = {
  name: NAME,
  start: (env) => {
    const { options, informers, ctx } = env;
    const state: State = {
      env,
      client: env.client,
      recorder: env.record('node-controller'),
      nodes: informers.for(nodes),
      leases: informers.for(leases),
      pods: podsByNode(informers),
      health: new Map(),
      graces: { startup: options['node-startup-grace-period'], running: options['node-monitor-grace-period'] },
      rates: createEvictionRates({
        normal: options['node-eviction-rate'],
        unhealthy: options['secondary-node-eviction-rate'],
        unhealthyShare: options['unhealthy-zone-threshold'],
        largeCluster: options['large-cluster-size-threshold'],
      }),
    };
    return loopOf(env, {
      name: NAME,
      workers: WORKERS,
      reconcile: (name) => reconcile(state, name),
      sources: (add) => {
        connect(state, add);
        const timer = ctx.clock.every(options['node-monitor-period'], () => lookAround(state, add));
        ctx.signal.addEventListener('abort', () => timer.cancel(), { once: true });
      },
    });
  },
};

function connect({ nodes, leases, health, recorder }: State, add: Add): void {
  const say = (node: Node, reason: string, what: string) => {
    const name = node.metadata?.name ?? '';
    recorder.event(node, 'Normal', reason, `Node ${name} event: ${what.replace('%', name)}`);
  };
  nodes.handle({
    add: (node) => {
      say(node, 'RegisteredNode', 'Registered Node % in Controller');
      add(keyOf(node));
    },
    update: (node) => add(keyOf(node)),
    remove: (node) => {
      health.delete(keyOf(node));
      say(node, 'RemovingNode', 'Removing Node % from Controller');
    },
  });
  leases.handle({ add: (lease) => void hear(lease), update: (lease) => void hear(lease) });
  // A lease that moves again is not waited for until the next look around.
  const hear = ({ metadata }: Lease) => {
    const node = metadata?.namespace === 'kube-node-lease' ? nodes.get(metadata.name ?? '') : undefined;
    if (node && nodeCondition(node, 'Ready')?.status === 'Unknown') add(keyOf(node));
  };
}

/** Listens to every machine and has those looked at whose state calls for it. In memory alone, so that it costs little for 10,000. */
function lookAround(state: State, add: Add): void {
  if (!state.nodes.synced || !state.leases.synced) return;
  const now = state.env.ctx.clock.now();
  state.rates.measure(state.nodes.list());
  for (const node of state.nodes.list()) {
    const silent = patience(hearFrom(state, node, now), node, state.graces, now) <= 0;
    if ((silent && silentConditions(node, now)) || wouldEvict(node)) add(keyOf(node));
  }
}

function hearFrom(state: State, node: Node, now: number): Health {
  const name = keyOf(node);
  const health = listen(state.health.get(name), node, state.leases.get(`kube-node-lease/${name}`), now);
  state.health.set(name, health);
  return health;
}

async function reconcile(state: State, name: string): Promise<Outcome> {
  const node = state.nodes.get(name);
  if (!node) return undefined;
  try {
    await apply(state, node);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    // Kubelets write their nodes all the time; the newer copy is on its way.
    if (isConflict(error)) return { requeueAfter: 20 };
    throw error;
  }
  return undefined;
}

async function apply(state: State, node: Node): Promise<void> {
  const { client, env, rates } = state;
  const now = env.ctx.clock.now();
  const silent = patience(hearFrom(state, node, now), node, state.graces, now) <= 0;
  const conditions = silent ? silentConditions(node, now) : undefined;
  if (conditions) await declareSilent(state, node, conditions);
  // The informer brings the new conditions, and with them the taints.
  if (conditions) return;
  const mayEvict = wouldEvict(node) && rates.take(node, env.ctx.clock.monotonic());
  const taints = planTaints(node, mayEvict, now);
  if (taints) await client.update(nodes, { ...node, spec: { ...node.spec, taints } });
}

async function declareSilent(state: State, node: Node, conditions: NonNullable<ReturnType<typeof silentConditions>>): Promise<void> {
  const { client, recorder, pods: shown } = state;
  const wasReady = nodeCondition(node, 'Ready')?.status === 'True';
  await client.update(nodes, { ...node, status: { ...node.status, conditions } }, 'status');
  if (!wasReady) return;
  const name = keyOf(node);
  recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  await Promise.all(podsOn(shown, name).map((pod) => markNotReady(state, pod)));
}

/** Nobody knows how a pod on a silent machine is: it must not get requests any more. */
async function markNotReady({ client, recorder, env }: State, pod: Pod): Promise<void> {
  if (podCondition(pod, 'Ready')?.status !== 'True') return;
  const { name = '', namespace = '', uid } = pod.metadata ?? {};
  recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  const condition = { type: 'Ready', status: 'False', lastTransitionTime: rfc3339(env.ctx.clock.now()) };
  const patch = { metadata: { uid }, status: { conditions: [condition] } };
  await client.patch(pods, { name, namespace, subresource: 'status' }, 'strategic', patch).catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
}
