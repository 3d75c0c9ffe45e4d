/**
 * nodes/ is the simulated kubelet, for any number of machines in one process: `machine/` registers Nodes and keeps them alive, `pod/` leads
 * the lives of the pods that are bound to them, `net/` gives them addresses and answers requests to them.
 */
import type { Client } from '../client/client.ts';
import { recorder } from '../client/events.ts';
import { createInformers } from '../client/informers.ts';
import { nodes } from '../client/resources.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { startHeartbeat } from './machine/heartbeat.ts';
import type { Hosts } from './machine/host.ts';
import { adoptNodeAddresses, startMachines } from './machine/machines.ts';
import { type Addresses, createAddresses } from './net/addresses.ts';
import { parseCidr } from './net/cidr.ts';
import { listenersLimit } from './net/file-limit.ts';
import { createResponder } from './net/responder.ts';
import type { NodesOptions } from './options.ts';
import { boundPods, type Keeper, startKeeper } from './pod/keeper.ts';
import { sharesHostNetwork } from './pod/kept.ts';
import { isUnderWay } from './pod/resume.ts';

export { type NodesOptions, nodesFlags } from './options.ts';

/** Starts the kubelets of all simulated machines. Ready when what was running before is known and its addresses are taken over. */
export function startNodes(ctx: PartContext, client: Client, options: NodesOptions): RunningPart {
  const informers = createInformers(client, ctx);
  const hosts: Hosts = new Map();
  const podAddresses = createAddresses(parseCidr(options['pod-cidr']), ctx.clock);
  const nodeAddresses = createAddresses(parseCidr(options['machine-cidr']), ctx.clock);
  const responder = createResponder(listenersLimit());
  const shownNodes = informers.for(nodes);
  const shownPods = boundPods(informers);
  const { promise: prepared, resolve, reject } = Promise.withResolvers<void>();

  /** Finds pods on machines. */
  const keeper: Keeper = startKeeper({
    ...{ client, ctx, options, informers, hosts, addresses: podAddresses, responder, prepared },
    recorder: recorder(client, ctx, 'kubelet'),
  });
  /** Renews what `machines` hosts. */
  const heartbeat = startHeartbeat({ client, ctx, options, hosts, informer: shownNodes });
  /** Hosts nodes, and tells `keeper`. */
  const hosting = startMachines({
    client,
    ctx,
    informers,
    hosts,
    addresses: nodeAddresses,
    heartbeat,
    onHost: keeper.hostChanged,
    prepared,
  });

  informers.start();
  // Not for the machines: on an API server that has no such kind, plain nodes are hosted all the same.
  Promise.all([shownNodes.whenSynced(), shownPods.whenSynced()])
    .then(() => {
      adoptNodeAddresses(nodeAddresses, shownNodes.list());
      for (const pod of shownPods.list()) adoptPodAddress(podAddresses, pod);
    })
    .then(resolve, reject);
  const stopped = Promise.all([keeper.stopped, heartbeat.stopped, hosting.stopped]).then(() => responder.closeAll());
  return { ready: prepared, stopped };
}

function adoptPodAddress(addresses: Addresses, pod: Parameters<typeof isUnderWay>[0]): void {
  const { uid } = pod.metadata ?? {};
  if (uid && pod.status?.podIP && isUnderWay(pod) && !sharesHostNetwork(pod)) addresses.adopt(uid, pod.status.podIP);
}
