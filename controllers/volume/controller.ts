/**
 * persistentvolume-binder: binds claims to volumes, releases and reclaims them, and plays the provisioner of simulated volumes.
 * One worker, so that no two claims are given the same volume.
 */
import { isNotFound } from '../../client/errors.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import {
  type PersistentVolumeClaim as Claim,
  nodes,
  type PersistentVolume,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
} from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { claimKeyOf } from './names.ts';
import { newest } from './newest.ts';
import { claimsAwaitedBy } from './plan-claim.ts';
import { SIMULATED } from './provision.ts';
import { AWAITED, claimKey, type State, volumeKey } from './state.ts';
import { syncClaim } from './sync-claim.ts';
import { syncVolume } from './sync-volume.ts';

const NAME = 'persistentvolume-binder-controller';

interface Watched {
  claims: Informer<Claim>;
  volumes: Informer<PersistentVolume>;
}

export const volumeBinder: Controller = {
  name: NAME,
  start: (env) => {
    const watched = { claims: env.informers.for(persistentVolumeClaims), volumes: env.informers.for(persistentVolumes) };
    const shownPods = env.informers.for(pods);
    shownPods.addIndex(AWAITED, (pod) => claimsAwaitedBy(pod).map((name) => `${pod.metadata?.namespace}/${name}`));
    const added = Promise.withResolvers<Add>();
    const state: State = {
      client: env.client,
      recorder: env.record('persistentvolume-controller'),
      provisioner: env.record(SIMULATED),
      claims: newest(watched.claims),
      volumes: newest(watched.volumes),
      classes: env.informers.for(storageClasses),
      pods: shownPods,
      nodes: env.informers.for(nodes),
      add: (key) => void added.promise.then((add) => add(key)),
      now: () => env.ctx.clock.now(),
    };
    const sources = (add: Add) => {
      added.resolve(add);
      connect(env, watched, add);
    };
    return loopOf(env, { name: NAME, sources, reconcile: (key) => reconcile(state, key) });
  },
};

function connect({ ctx, options }: Env, { claims, volumes }: Watched, add: Add): void {
  const claimChanged = (claim: Claim) => add(claimKey(keyOf(claim)));
  const volumeChanged = (volume: PersistentVolume) => add(volumeKey(keyOf(volume)));
  claims.handle({
    add: claimChanged,
    update: claimChanged,
    remove: ({ spec }) => spec?.volumeName && add(volumeKey(spec.volumeName)),
  });
  volumes.handle({
    add: volumeChanged,
    update: volumeChanged,
    remove: (volume) => {
      const claim = claimKeyOf(volume);
      if (claim) add(claimKey(claim));
    },
  });
  // Claims that wait find out in this way that a volume or class has come.
  const timer = ctx.clock.every(options['pvclaimbinder-sync-period'], () => {
    for (const claim of claims.list()) claimChanged(claim);
    for (const volume of volumes.list()) volumeChanged(volume);
  });
  ctx.signal.addEventListener('abort', () => timer.cancel(), { once: true });
}

async function reconcile(state: State, key: string): Promise<undefined> {
  const colon = key.indexOf(':');
  const name = key.slice(colon + 1);
  try {
    if (key.startsWith('claim:')) {
      const claim = state.claims.get(name);
      if (claim) await syncClaim(state, claim);
    } else {
      const volume = state.volumes.get(name);
      if (volume) await syncVolume(state, volume);
    }
  } catch (error) {
    // It has gone: the news of that runs this again.
    if (!isNotFound(error)) throw error;
  }
  return undefined;
}
