/** Machine: provisioned and given back in steps that survive any of our deaths; its jobs are kept in a durable queue where there is one. */
import { type Machine, type MachineClass, machineClasses, machines } from '../../../client/cloud.ts';
import { isConflict } from '../../../client/errors.ts';
import { type Informer, keyOf } from '../../../client/informer.ts';
import { type Node, nodes, type Pod, pods } from '../../../client/resources.ts';
import { type Add, runLoop } from '../../../queue/loop.ts';
import { openQueue } from '../../../queue/open.ts';
import type { Outcome } from '../../../queue/queue.ts';
import type { PartContext } from '../../../types/part/part.ts';
import type { Controller, Env } from '../../controller.ts';
import { same } from '../../shared/same.ts';
import { applyPlan, type Hands } from './apply.ts';
import { planMachine } from './way.ts';

interface State extends Hands {
  ctx: PartContext;
  machines: Informer<Machine>;
  classes: Informer<MachineClass>;
  nodes: Informer<Node>;
  pods: Informer<Pod>;
}

/** The name of the queue, and of the index of pods by node that draining reads. */
const NAME = 'machine';

export const machineController: Controller = {
  name: NAME,
  start: (env) => {
    // The informers are asked for at once; the queue may take a moment to open.
    const state = open(env);
    return run(env, state);
  },
};

function open({ ctx, client, informers, record }: Env): State {
  const state: State = {
    ...{ ctx, client, recorder: record('machine-controller') },
    ...{ machines: informers.for(machines), classes: informers.for(machineClasses) },
    ...{ nodes: informers.for(nodes), pods: informers.for(pods) },
  };
  state.machines.addIndex('class', (machine) => [machine.spec.className]);
  state.pods.addIndex(NAME, (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []));
  return state;
}

async function run({ ctx, informers, options }: Env, state: State): Promise<void> {
  const { redis } = options;
  const queue = await openQueue('cloud-machines', { ...(redis && { redis }), backoff: { base: 20, max: 60_000 } }, ctx);
  await runLoop({
    name: NAME,
    queue,
    sources: (add) => connect(state, add),
    synced: informers.whenSynced(),
    reconcile: (name) => reconcile(state, name),
    workers: options['concurrent-machine-syncs'],
    log: ctx.log,
    clock: ctx.clock,
    signal: ctx.signal,
  }).stopped;
}

function connect(state: State, add: Add): void {
  const again = (machine: Machine) => add(keyOf(machine));
  state.machines.handle({ add: again, update: again });
  const ofClass = (cls: MachineClass) => state.machines.by('class', keyOf(cls)).forEach(again);
  state.classes.handle({ add: ofClass, update: ofClass });
  const ofNode = (node: Node) => {
    if (state.machines.get(keyOf(node))) add(keyOf(node));
  };
  state.nodes.handle({
    add: ofNode,
    update: (node, before) => {
      if (!same(shownOf(node), shownOf(before))) ofNode(node);
    },
    remove: ofNode,
  });
  const ofPod = (pod: Pod) => {
    const machine = state.machines.get(pod.spec?.nodeName ?? '');
    if (machine?.metadata?.deletionTimestamp) add(keyOf(machine));
  };
  state.pods.handle({ remove: ofPod });
}

/** Of a node, what a machine shows of it: a heartbeat is no news. */
const shownOf = (node: Node) => [
  node.metadata?.uid,
  node.status?.conditions?.find((c) => c.type === 'Ready')?.status,
  node.status?.addresses,
];

async function reconcile(state: State, name: string): Promise<Outcome> {
  const machine = state.machines.get(name);
  if (!machine) return undefined;
  const node = state.nodes.get(name);
  const { clock, random } = state.ctx;
  const plan = planMachine({
    ...{ machine, node, class: state.classes.get(machine.spec.className) },
    ...{ pods: machine.metadata?.deletionTimestamp ? state.pods.by(NAME, name) : [], now: clock.now(), random },
  });
  try {
    await applyPlan(state, machine, node, plan);
  } catch (error) {
    // Our copy was behind: the news that is on its way runs this again, and a little later we look ourselves.
    if (isConflict(error)) return { requeueAfter: 1_000 };
    throw error;
  }
  return plan.after === undefined ? undefined : { requeueAfter: Math.min(plan.after, 3_600_000) };
}
