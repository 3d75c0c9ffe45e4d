/** Writes the status of routes, one at a time each, and only when it changes. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNotFound } from '../../client/errors.ts';
import type { Outcome } from '../../queue/queue.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import type { PartContext } from '../../types/part/part.ts';
import { httpRoutes } from '../gateway/types.ts';
import type { ParentIr } from '../ir/ir.ts';
import type { PushServer } from '../push/server.ts';
import type { Sources } from '../sources.ts';
import type { Translator } from '../translator.ts';
import { type Programming, planStatus } from './plan.ts';

/** Milliseconds until a write that met a newer object is tried again; by then the informer has mostly seen it. */
const CONFLICT_DELAY = 20;

export interface StatusWorld {
  sources: Sources;
  translator: Translator;
  push: PushServer;
}

export async function writeStatus(ctx: PartContext, client: Client, world: StatusWorld, name: string): Promise<Outcome> {
  const route = world.sources.routesInformer.get(name);
  if (!route || route.metadata?.deletionTimestamp) return undefined;
  const ir = world.translator.route(name);
  const parents = planStatus(route, ir, (parent) => programmingOf(world.push, parent), rfc3339(ctx.clock.now()));
  if (!parents) return undefined;
  const { namespace, name: shortName, resourceVersion } = route.metadata ?? {};
  try {
    // The list is replaced whole, so nobody else may have written it meanwhile.
    const patch = { metadata: { resourceVersion }, status: { parents } };
    await client.patch(httpRoutes, { name: shortName as string, namespace: namespace as string, subresource: 'status' }, 'merge', patch);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (!isConflict(error)) throw error;
    return { requeueAfter: CONFLICT_DELAY };
  }
  return undefined;
}

function programmingOf(push: PushServer, parent: ParentIr): Programming {
  return {
    progress: parent.ports.map((port) => push.progress(`routes/${parent.service}:${port}`)),
    problems: push.problems(parent.service),
  };
}
