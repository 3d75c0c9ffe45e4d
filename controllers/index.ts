/** controllers/ brings the world to what its objects say, over the API alone: this table, each on the one loop (queue/loop.ts). */
import type { Client } from '../client/client.ts';
import { type Recorder, recorder } from '../client/events.ts';
import type { Informers } from '../client/informer.ts';
import { createInformers } from '../client/informers.ts';
import { runForLeader } from '../client/leader.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { cloudControllers } from './cloud/index.ts';
import { clusterRoleAggregation } from './clusterroles/controller.ts';
import type { Controller, Env } from './controller.ts';
import { cronJobController } from './cronjob/controller.ts';
import { daemonSetController } from './daemonset/controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { garbageCollector } from './gc/controller.ts';
import { jobController } from './job/controller.ts';
import { ttlAfterFinishedController } from './job/ttl.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeLifecycleController } from './nodelifecycle/controller.ts';
import { nodeTtlController } from './nodettl/controller.ts';
import type { ControllerOptions } from './options.ts';
import { disruptionController } from './pdb/controller.ts';
import { podGarbageCollector } from './podgc/controller.ts';
import { replicaSetController, replicationController } from './replicaset/controller.ts';
import { serviceAccountController } from './serviceaccount/controller.ts';
import { rootCaController } from './serviceaccount/root-ca.ts';
import { tokenCleaner } from './serviceaccount/token-cleaner.ts';
import { statefulSetController } from './statefulset/controller.ts';
import { taintEvictionController } from './tainteviction/controller.ts';
import { volumeBinder } from './volume/controller.ts';
import { claimProtection, volumeProtection } from './volumeprotection/controller.ts';

export { type ControllerOptions, controllerFlags } from './options.ts';

/** Names are those of kube-controller-manager's `--controllers`. */
const CONTROLLERS: Controller[] = [
  namespaceController,
  serviceAccountController,
  rootCaController,
  tokenCleaner,
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  jobController,
  ttlAfterFinishedController,
  cronJobController,
  disruptionController,
  volumeBinder,
  claimProtection,
  volumeProtection,
  endpointSliceController,
  endpointsController,
  garbageCollector,
  nodeLifecycleController,
  nodeTtlController,
  taintEvictionController,
  podGarbageCollector,
  clusterRoleAggregation,
  ...cloudControllers,
];

/**
 * Runs the controllers that `options.controllers` names. `ready` resolves when their informers have synced; with `leader-elect`, as soon as
 * they stand as a candidate. Throws on a name that is not known.
 */
export function startControllers(ctx: PartContext, client: Client, options: ControllerOptions): RunningPart {
  const chosen = chooseControllers(options.controllers);
  if (!options['leader-elect']) return run(ctx, client, options, chosen);
  const stopped = runForLeader(client, ctx, {
    name: options['leader-elect-resource-name'],
    namespace: options['leader-elect-resource-namespace'],
    identity: ctx.random.uuid(),
    lead: (signal) => run({ ...ctx, signal }, client, options, chosen).stopped,
  });
  return { ready: Promise.resolve(), stopped };
}

function run(ctx: PartContext, client: Client, options: ControllerOptions, chosen: Controller[]): RunningPart {
  const informers = createInformers(client, ctx);
  const recorders = new Map<string, Recorder>();
  const record = (component: string) => {
    const made = recorders.get(component) ?? recorder(client, ctx, component);
    recorders.set(component, made);
    return made;
  };
  const env: Env = { ctx, client, informers, options, record };
  const start = (controller: Controller) => controller.start({ ...env, informers: scopeOf(informers) });
  const stopped = Promise.all(chosen.map(start)).then(() => undefined);
  informers.start();
  return { ready: informers.whenSynced(), stopped };
}

/** Shared informers as one controller sees them: it waits for those alone that it asked for itself. */
function scopeOf(informers: Informers): Informers {
  const asked: Promise<void>[] = [];
  return {
    for: (resource, options) => {
      const informer = informers.for(resource, options);
      asked.push(informer.whenSynced());
      return informer;
    },
    start: () => informers.start(),
    whenSynced: async () => void (await Promise.all(asked)),
  };
}

/** `*` is all, `name` adds one, `-name` leaves one out; a list without `*` is all that runs. */
export function chooseControllers(names: string[]): Controller[] {
  const known = new Set(CONTROLLERS.map(({ name }) => name));
  for (const name of names) {
    const bare = name.replace(/^-/, '');
    if (bare !== '*' && !known.has(bare)) throw new Error(`"${bare}" is not a controller; there are ${[...known].join(', ')}`);
  }
  return CONTROLLERS.filter(({ name }) => !names.includes(`-${name}`) && (names.includes('*') || names.includes(name)));
}
