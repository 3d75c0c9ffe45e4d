/** Node TTL: tells kubelets, in an annotation, how long they may keep Secrets and ConfigMaps, the longer the larger the cluster. */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { keyOf } from '../../client/informer.ts';
import { nodes } from '../../client/resources.ts';
import { type Controller, loopOf } from '../controller.ts';

const NAME = 'ttl-controller';
const ANNOTATION = 'node.alpha.kubernetes.io/ttl';

/** Up to so many nodes: so many seconds (kubernetes/pkg/controller/ttl, without its hysteresis). */
const STEPS: [nodes: number, seconds: number][] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
  [Number.POSITIVE_INFINITY, 300],
];

export const ttlFor = (count: number): string => String(STEPS.find(([upTo]) => count <= upTo)?.[1]);

/** Nodes get the value of the time when they come; those that are there are not written again when the cluster grows. */
export const nodeTtlController: Controller = {
  name: NAME,
  start: (env) => {
    const shown = env.informers.for(nodes);
    return loopOf(env, {
      name: NAME,
      workers: 4,
      sources: (add) => shown.handle({ add: (node) => add(keyOf(node)) }),
      reconcile: async (name) => {
        const node = shown.get(name);
        if (!node || node.metadata?.annotations?.[ANNOTATION] !== undefined) return undefined;
        const patch = { metadata: { annotations: { [ANNOTATION]: ttlFor(shown.size) } } };
        await env.client.patch(nodes, { name }, 'merge', patch).catch((error: unknown) => {
          if (!isNotFound(error) && !isConflict(error)) throw error;
        });
        return undefined;
      },
    });
  },
};
