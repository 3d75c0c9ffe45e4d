/** Keeping one object of a given name in every namespace: the loop that the default ServiceAccount and the root CA share. */
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import type { Resource } from '../../client/resource.ts';
import { namespaces } from '../../client/resources.ts';
import type { KubeObject } from '../../types/wire.ts';
import { type Env, loopOf } from '../controller.ts';

export interface PerNamespace<T extends KubeObject> {
  controller: string;
  resource: Resource<T>;
  /** The object's name. */
  name: string;
  /** What it must be, for a namespace where there is none. */
  make(namespace: string): T;
  /** The corrected object when what stands is not as it must be. */
  correct(standing: T): T | undefined;
}

export function keepInEveryNamespace<T extends KubeObject>(env: Env, wanted: PerNamespace<T>): Promise<void> {
  const spaces = env.informers.for(namespaces);
  const objects = env.informers.for(wanted.resource, { fieldSelector: `metadata.name=${wanted.name}` });
  return loopOf(env, {
    name: wanted.controller,
    workers: env.options['concurrent-serviceaccount-token-syncs'],
    sources: (add) => {
      spaces.handle({ add: (space) => add(keyOf(space)), update: (space) => add(keyOf(space)) });
      const look = ({ metadata }: T) => add(metadata?.namespace ?? '');
      objects.handle({ update: look, remove: look });
    },
    reconcile: async (namespace) => {
      const space = spaces.get(namespace);
      if (!space || space.metadata?.deletionTimestamp || space.status?.phase === 'Terminating') return undefined;
      await keep(env, objects, wanted, namespace);
      return undefined;
    },
  });
}

async function keep<T extends KubeObject>(env: Env, objects: Informer<T>, wanted: PerNamespace<T>, namespace: string): Promise<void> {
  const standing = objects.get(`${namespace}/${wanted.name}`);
  try {
    const corrected = standing && wanted.correct(standing);
    if (!standing) await env.client.create(wanted.resource, wanted.make(namespace));
    else if (corrected) await env.client.update(wanted.resource, corrected);
  } catch (error) {
    if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error;
  }
}
