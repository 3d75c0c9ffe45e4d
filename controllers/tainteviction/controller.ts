/** Taint eviction: deletes pods from nodes whose NoExecute taints they do not, or no longer, tolerate. */
import type { Client } from '../../client/client.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import { type Node, nodes, type Pod } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import type { Outcome } from '../../queue/queue.ts';
import type { Clock } from '../../types/part/clock.ts';
import { type Controller, loopOf } from '../controller.ts';
import { noExecuteTaints } from '../nodelifecycle/taints.ts';
import { disrupt } from '../shared/disruption.ts';
import { podsByNode, podsOn } from '../shared/pod-index.ts';
import { same } from '../shared/same.ts';
import { toleratedFor } from './plan.ts';

const NAME = 'taint-eviction-controller';
const WORKERS = 8;
const DISRUPTION = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' };

interface State {
  client: Client;
  clock: Clock;
  recorder: Recorder;
  nodes: Informer<Node>;
  pods: Informer<Pod>;
  /** Since when (monotonic) each pod, by UID, has been bearing taints that it tolerates for a time only. */
  bearing: Map<string, number>;
}

export const taintEvictionController: Controller = {
  name: NAME,
  start: (env) => {
    const state: State = {
      client: env.client,
      clock: env.ctx.clock,
      recorder: env.record(NAME),
      nodes: env.informers.for(nodes),
      pods: podsByNode(env.informers),
      bearing: new Map(),
    };
    const sources = connect.bind(undefined, state);
    return loopOf(env, { name: NAME, workers: WORKERS, sources, reconcile: (key) => reconcile(state, key) });
  },
};

function connect({ nodes, pods, bearing }: State, add: Add): void {
  const allOn = (node: Node) => {
    for (const pod of podsOn(pods, keyOf(node))) add(keyOf(pod));
  };
  nodes.handle({
    add: (node) => noExecuteTaints(node).length > 0 && allOn(node),
    update: (node, before) => !same(noExecuteTaints(node), noExecuteTaints(before)) && allOn(node),
  });
  const look = (pod: Pod) => {
    const node = nodes.get(pod.spec?.nodeName ?? '');
    if (node && noExecuteTaints(node).length > 0) add(keyOf(pod));
  };
  pods.handle({
    add: look,
    update: (pod, before) => {
      if (pod.spec?.nodeName !== before.spec?.nodeName || !same(pod.spec?.tolerations, before.spec?.tolerations)) look(pod);
    },
    remove: (pod) => void bearing.delete(pod.metadata?.uid ?? ''),
  });
}

async function reconcile(state: State, key: string): Promise<Outcome> {
  const { bearing, client, clock, recorder } = state;
  const pod = state.pods.get(key);
  const node = pod && state.nodes.get(pod.spec?.nodeName ?? '');
  if (!pod || !node || pod.metadata?.deletionTimestamp) return undefined;
  const uid = pod.metadata?.uid ?? '';
  const taints = noExecuteTaints(node);
  const tolerated = toleratedFor(pod, taints);
  if (tolerated === Number.POSITIVE_INFINITY) {
    if (bearing.delete(uid)) recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
    return undefined;
  }
  const now = clock.monotonic();
  const since = bearing.get(uid) ?? now;
  bearing.set(uid, since);
  if (since + tolerated > now) return { requeueAfter: since + tolerated - now };
  recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
  await disrupt(client, pod, DISRUPTION, clock.now());
  return undefined;
}
