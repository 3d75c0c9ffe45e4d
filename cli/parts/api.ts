/** The API server's process: opens the store, then serves out of it. */
import { startApi } from '../../api/index.ts';
import type { ApiOptions } from '../../api/options.ts';
import { ensurePki } from '../../api/pki/pki.ts';
import { openStore } from '../../store/open.ts';
import type { PartContext, RunningPart } from '../../types/part/part.ts';
import type { PartConfig } from './config.ts';

export async function start(ctx: PartContext, config: PartConfig): Promise<RunningPart> {
  if (!config.api) throw new Error('the API server was given no store');
  const { store: location, pki: directory } = config.api;
  const [store, pki] = await Promise.all([openStore(location, ctx), ensurePki(directory, { hosts: config.api.hosts, clock: ctx.clock })]);
  const api = startApi(ctx, { ...(config.options as ApiOptions), store, pki, local: config.api.local });
  return { ready: api.ready, stopped: api.stopped.finally(() => store.close()) };
}
