/**
 * Heartbeats: each node's Lease is renewed every quarter of its duration (of very many nodes, less often), its status is written when it is
 * not shown as healthy, and else seldom. The beats of many nodes are spread over the period by where they begin.
 */
import type { Client } from '../../client/client.ts';
import { isAlreadyExists, isNotFound } from '../../client/errors.ts';
import type { Informer } from '../../client/informer.ts';
import { type Lease, leases, type Node, nodes } from '../../client/resources.ts';
import { runLoop } from '../../queue/loop.ts';
import { createMemoryQueue } from '../../queue/memory.ts';
import type { Outcome } from '../../queue/queue.ts';
import { rfc3339Micro } from '../../types/part/clock.ts';
import type { PartContext } from '../../types/part/part.ts';
import type { NodesOptions } from '../options.ts';
import type { Host, Hosts } from './host.ts';
import { needsReport, reportOf } from './node.ts';

const NAMESPACE = 'kube-node-lease';
/** Nodes whose heartbeats are under way at the same time. */
const WORKERS = 16;
/** Milliseconds over which the first beats of nodes that were taken over are spread: their leases may be about to run out. */
const FIRST_BEATS = 1_000;

/** Renewals a second above which the beats of all nodes become slower. */
const BUSY = 200;

/** Milliseconds between the beats of a node: a quarter of the lease's duration, as a kubelet's; where there are very many, up to a half. */
export function beatPeriod(nodes: number, leaseSeconds: number): number {
  return Math.min(Math.max(leaseSeconds * 250, (nodes / BUSY) * 1000), leaseSeconds * 500);
}

export interface Heartbeat {
  /** A node begins. `taken` over from another process: its beats begin soon. */
  begin(name: string, taken: boolean): void;
  /** Looks at a node's status, now that it changed. */
  check(name: string): void;
  stopped: Promise<void>;
}

interface State {
  client: Client;
  ctx: PartContext;
  options: NodesOptions;
  hosts: Hosts;
  informer: Informer<Node>;
}

export function startHeartbeat(state: State): Heartbeat {
  const { ctx, options } = state;
  const queue = createMemoryQueue('heartbeats', ctx.clock, { base: 200, max: 10_000 });
  const period = () => beatPeriod(state.hosts.size, options['node-lease-duration-seconds']);
  const { stopped } = runLoop({
    name: 'heartbeats',
    queue,
    reconcile: (name) => beat(state, name, period()),
    workers: WORKERS,
    log: ctx.log,
    clock: ctx.clock,
    signal: ctx.signal,
  });
  return {
    begin: (name, taken) => void queue.add(name, { after: ctx.random.next() * (taken ? FIRST_BEATS : period()) }),
    check: (name) => {
      const host = state.hosts.get(name);
      const node = state.informer.get(name);
      if (!host || !node || !needsReport(node)) return;
      const earliest = host.reportedAt + options['node-status-update-frequency'];
      void queue.add(name, { after: host.reportedAt === 0 ? 0 : Math.max(0, earliest - ctx.clock.now()) });
    },
    stopped,
  };
}

async function beat(state: State, name: string, period: number): Promise<Outcome> {
  const host = state.hosts.get(name);
  if (!host) return undefined;
  // The lease first: a node shown as Ready whose lease has run out would be marked Unknown again at once.
  await renew(state, host);
  await reportIfDue(state, host);
  return { requeueAfter: period };
}

/** Patched where it is known to be there, else created; whichever turns out to be wrong, the other is right. */
async function renew(state: State, host: Host): Promise<void> {
  try {
    await (host.leased ? touchLease(state, host) : createLease(state, host));
  } catch (error) {
    if (host.leased ? !isNotFound(error) : !isAlreadyExists(error)) throw error;
    await (host.leased ? createLease(state, host) : touchLease(state, host));
  }
  host.leased = true;
}

function touchLease({ client, ctx }: State, { name }: Host): Promise<unknown> {
  const spec = { renewTime: rfc3339Micro(ctx.clock.now()), holderIdentity: name };
  return client.patch(leases, { name, namespace: NAMESPACE }, 'merge', { spec });
}

function createLease({ client, ctx, options }: State, host: Host): Promise<unknown> {
  const renewTime = rfc3339Micro(ctx.clock.now());
  return client.create(leases, leaseOf(host, renewTime, options['node-lease-duration-seconds']));
}

/** It belongs to the Node and goes with it. */
function leaseOf(host: Host, renewTime: string, leaseDurationSeconds: number): Lease {
  const owner = { apiVersion: 'v1', kind: 'Node', name: host.name, uid: host.uid };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: host.name, namespace: NAMESPACE, ownerReferences: [owner] },
    spec: { holderIdentity: host.name, leaseDurationSeconds, renewTime },
  };
}

async function reportIfDue({ client, ctx, options, informer }: State, host: Host): Promise<void> {
  const node = informer.get(host.name);
  const now = ctx.clock.now();
  if (!node) return;
  if (!needsReport(node) && now - host.reportedAt < options['node-status-report-frequency']) return;
  await client.patch(nodes, { name: host.name, subresource: 'status' }, 'strategic', { status: reportOf(node, host.address, now) });
  host.reportedAt = now;
}
