/** Brings simulated machines up and down: a Node is registered for each that was provisioned, and hosted while both are there. */
import type { Client } from '../../client/client.ts';
import { type Machine, type MachineClass, machineClasses, machines } from '../../client/cloud.ts';
import { isAlreadyExists } from '../../client/errors.ts';
import { type Informer, type Informers, keyOf } from '../../client/informer.ts';
import { type Node, nodes } from '../../client/resources.ts';
import { type Add, runLoop } from '../../queue/loop.ts';
import { createMemoryQueue } from '../../queue/memory.ts';
import type { Outcome } from '../../queue/queue.ts';
import { parseDuration } from '../../types/part/flags.ts';
import type { PartContext } from '../../types/part/part.ts';
import type { Addresses } from '../net/addresses.ts';
import type { Heartbeat } from './heartbeat.ts';
import { allocatableOf, decide, type Hosts, hostOf, internalAddressOf } from './host.ts';
import { needsReport, nodeOf } from './node.ts';

const WORKERS = 32;

export interface MachinesSetup {
  client: Client;
  ctx: PartContext;
  informers: Informers;
  hosts: Hosts;
  addresses: Addresses;
  heartbeat: Heartbeat;
  /** Told when a host begins and when it ends. */
  onHost: (name: string) => void;
  /** Resolves when addresses in use were taken over. */
  prepared: Promise<void>;
}

interface State extends MachinesSetup {
  machines: Informer<Machine>;
  classes: Informer<MachineClass>;
  nodes: Informer<Node>;
  /** When a machine that was provisioned will have booted. */
  bootedAt: Map<string, number>;
}

export function startMachines(setup: MachinesSetup): { stopped: Promise<void> } {
  const { informers, ctx } = setup;
  const state: State = {
    ...setup,
    machines: informers.for(machines),
    classes: informers.for(machineClasses),
    nodes: informers.for(nodes),
    bootedAt: new Map(),
  };
  state.machines.addIndex('class', (machine) => [machine.spec.className]);
  return runLoop({
    name: 'machines',
    queue: createMemoryQueue('machines', ctx.clock, { base: 50, max: 10_000 }),
    sources: (add) => connect(state, add),
    synced: setup.prepared,
    reconcile: (name) => reconcile(state, name),
    workers: WORKERS,
    log: ctx.log,
    clock: ctx.clock,
    signal: ctx.signal,
  });
}

function connect(state: State, add: Add): void {
  const again = (object: Machine | Node) => add(keyOf(object));
  state.machines.handle({ add: again, update: again, remove: again });
  const ofClass = (cls: MachineClass) => state.machines.by('class', keyOf(cls)).forEach(again);
  state.classes.handle({ add: ofClass, update: ofClass });
  state.nodes.handle({
    add: again,
    update: (node) => (isHosted(state, node) ? refresh(state, node) : again(node)),
    remove: (node) => {
      if (isHosted(state, node)) stop(state, keyOf(node));
      again(node);
    },
  });
}

const isHosted = (state: State, node: Node) => state.hosts.get(keyOf(node))?.uid === node.metadata?.uid;

function refresh(state: State, node: Node): void {
  const host = state.hosts.get(keyOf(node));
  if (host) host.allocatable = allocatableOf(node);
  state.heartbeat.check(keyOf(node));
}

async function reconcile(state: State, name: string): Promise<Outcome> {
  const machine = state.machines.get(name);
  const node = state.nodes.get(name);
  const cls = machine && state.classes.get(machine.spec.className);
  const decision = decide({
    ...{ machine, class: cls, node, hosting: state.hosts.has(name) },
    ...{ bootedAt: state.bootedAt.get(name), now: state.ctx.clock.now() },
  });
  if (decision.do === 'host' && node) host(state, node, 0);
  else if (decision.do === 'stop') stop(state, name);
  else if (decision.do === 'wait') return { requeueAfter: decision.ms };
  else if (decision.do === 'boot') return { requeueAfter: boot(state, name, cls) };
  else if (decision.do === 'register' && machine && cls) await register(state, machine, cls);
  return undefined;
}

/** Draws how long the machine takes to boot. */
function boot(state: State, name: string, cls: MachineClass | undefined): number {
  const { delay = '0s', jitter = '0s' } = cls?.spec.startup ?? {};
  const ms = parseDuration(delay) + state.ctx.random.next() * parseDuration(jitter);
  state.bootedAt.set(name, state.ctx.clock.now() + ms);
  return ms;
}

async function register(state: State, machine: Machine, cls: MachineClass): Promise<void> {
  const name = keyOf(machine);
  const now = state.ctx.clock.now();
  try {
    const node = await state.client.create(nodes, nodeOf(machine, cls, state.addresses.assign(name), now));
    state.ctx.log.info({ node: name, class: machine.spec.className }, 'registered a node');
    host(state, node, now);
  } catch (error) {
    // It is there already: the informer will show it, and it is then hosted as it is.
    if (!isAlreadyExists(error)) throw error;
  }
}

function host(state: State, node: Node, reportedAt: number): void {
  const name = keyOf(node);
  const before = state.hosts.get(name);
  if (before?.uid === node.metadata?.uid) return;
  if (before) stop(state, name);
  const shown = internalAddressOf(node);
  const address = shown ?? state.addresses.assign(name);
  if (shown) state.addresses.adopt(name, shown);
  state.hosts.set(name, hostOf(node, address, reportedAt));
  state.heartbeat.begin(name, reportedAt === 0);
  if (needsReport(node)) state.heartbeat.check(name);
  state.onHost(name);
}

function stop(state: State, name: string): void {
  state.bootedAt.delete(name);
  if (!state.hosts.delete(name)) return;
  state.addresses.release(name);
  state.ctx.log.info({ node: name }, 'a node is no longer hosted');
  state.onHost(name);
}

/** Takes over the addresses that nodes show, before new ones are handed out. */
export function adoptNodeAddresses(addresses: Addresses, shown: Iterable<Node>): void {
  for (const node of shown) {
    const address = internalAddressOf(node);
    if (address) addresses.adopt(node.metadata?.name ?? '', address);
  }
}
