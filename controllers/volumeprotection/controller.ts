/** Keeps volume claims that pods use, and volumes that are bound, from going before their users. */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import type { Resource } from '../../client/resource.ts';
import { type Pod, persistentVolumeClaims, persistentVolumes, pods } from '../../client/resources.ts';
import type { KubeObject } from '../../types/wire.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';
import { CLAIMS, claimsOf, type Protection, protect, VOLUMES } from './plan.ts';

export const volumeProtection: Controller = {
  name: VOLUMES.controller,
  start: (env) => {
    const volumes = env.informers.for(persistentVolumes);
    return run(env, VOLUMES, volumes, persistentVolumes, async (volume) => volume.status?.phase === 'Bound');
  },
};

const CLAIM = 'claim';

export const claimProtection: Controller = {
  name: CLAIMS.controller,
  start: (env) => {
    const claims = env.informers.for(persistentVolumeClaims);
    const shown = env.informers.for(pods);
    shown.addIndex(CLAIM, (pod) => claimsOf(pod).map((name) => `${pod.metadata?.namespace}/${name}`));
    const inUse = async (claim: KubeObject) => {
      if (shown.by(CLAIM, keyOf(claim)).length > 0) return true;
      // Our copy may not show a pod that has just been bound to its machine.
      const { items } = await env.client.list(pods, { namespace: claim.metadata?.namespace ?? '' });
      return items.some((pod) => claimsOf(pod).includes(claim.metadata?.name ?? ''));
    };
    return run(env, CLAIMS, claims, persistentVolumeClaims, inUse, (add) => {
      const tell = (pod: Pod) => {
        for (const name of claimsOf(pod)) add(`${pod.metadata?.namespace}/${name}`);
      };
      shown.handle({ remove: tell });
    });
  },
};

async function run<T extends KubeObject>(
  env: Env,
  protection: Protection,
  informer: Informer<T>,
  of: Resource<T>,
  inUse: (object: T) => Promise<boolean>,
  others?: (add: (key: string) => void) => void,
): Promise<void> {
  await loopOf(env, {
    name: protection.controller,
    sources: (add) => {
      const changed = (object: T) => add(keyOf(object));
      informer.handle({ add: changed, update: changed });
      others?.(add);
    },
    reconcile: async (key) => {
      const object = informer.get(key);
      const changed = object && protect(object, protection);
      if (!changed || (object.metadata?.deletionTimestamp && (await inUse(object)))) return undefined;
      try {
        await env.client.update(of, changed);
      } catch (error) {
        if (!isNotFound(error) && !(isConflict(error) && informer.get(key) !== object)) throw error;
      }
      return undefined;
    },
  });
}
