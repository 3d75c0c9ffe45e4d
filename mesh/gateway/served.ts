/** Whether a cluster has the kinds of the Gateway API, which are custom ones: they may be missing, and may be installed at any time. */
import { createBackoff } from '../../client/backoff.ts';
import type { Client } from '../../client/client.ts';
import type { PartContext } from '../../types/part/part.ts';
import { GATEWAY_GROUP, httpRoutes } from './types.ts';

/** Milliseconds between two looks at a cluster that does not have them. */
const PERIOD = 500;
/** Milliseconds between tries at a server that does not answer: first, and at most. */
const RETRY_FIRST = 20;
const RETRY_MOST = 1000;

/** Asks until it is answered; false as well when the context's signal aborts. */
export async function servesRoutes(ctx: PartContext, client: Client): Promise<boolean> {
  const backoff = createBackoff(ctx.random, RETRY_FIRST, RETRY_MOST);
  while (!ctx.signal.aborted) {
    try {
      const { status } = await client.raw('GET', `/apis/${GATEWAY_GROUP}/${httpRoutes.version}`);
      if (status === 200 || status === 404) return status === 200;
    } catch (error) {
      ctx.log.debug({ error: String(error) }, 'could not ask for the kinds of the Gateway API');
    }
    await ctx.clock.sleep(backoff.next(), ctx.signal);
  }
  return false;
}

/** Resolves when the kinds are there, or the context's signal aborts. */
export async function routesServed(ctx: PartContext, client: Client): Promise<void> {
  while (!ctx.signal.aborted && !(await servesRoutes(ctx, client))) await ctx.clock.sleep(PERIOD, ctx.signal);
}
