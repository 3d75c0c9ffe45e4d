/** Starts one part in this process. Each part's code is loaded only where it runs. */

import { createClient } from '../../client/connect.ts';
import { httpTransport } from '../../client/http.ts';
import { realClock } from '../../types/part/clock.ts';
import type { PartContext, RunningPart } from '../../types/part/part.ts';
import { systemRandom } from '../../types/part/random.ts';
import { fileLog } from '../log.ts';
import { VERSION } from '../version.ts';
import type { PartConfig } from './config.ts';

type Start = (ctx: PartContext, config: PartConfig) => Promise<RunningPart>;

const STARTS: Record<string, Start> = {
  api: async (ctx, config) => (await import('./api.ts')).start(ctx, config),
  controllers: async (ctx, config) => {
    const { startControllers } = await import('../../controllers/index.ts');
    return startControllers(ctx, clientOf(ctx, config), { ...config.options, redis: config.redis } as never);
  },
  scheduler: async (ctx, config) => {
    const { startScheduler } = await import('../../scheduler/index.ts');
    return startScheduler(ctx, clientOf(ctx, config), config.options as never);
  },
  nodes: async (ctx, config) => {
    const { startNodes } = await import('../../nodes/index.ts');
    return startNodes(ctx, clientOf(ctx, config), config.options as never);
  },
  mesh: async (ctx, config) => {
    const { startMesh } = await import('../../mesh/index.ts');
    return startMesh(ctx, clientOf(ctx, config), { ...config.options, socket: config.meshSocket } as never);
  },
  proxy: async (ctx, config) => {
    const { startProxy } = await import('../../mesh/proxy/index.ts');
    return startProxy(ctx, { ...config.options, socket: config.meshSocket } as never);
  },
};

function clientOf(ctx: PartContext, config: PartConfig) {
  if (!config.connection) throw new Error('this part was given no API server');
  return createClient(httpTransport(config.connection), { ...ctx, userAgent: `kumulus/${VERSION}` });
}

/** `config` is what the supervisor sent (a `PartConfig`). */
export async function startPart(name: string, config: unknown, signal: AbortSignal): Promise<RunningPart> {
  const start = STARTS[name];
  if (!start) throw new Error(`there is no part "${name}"`);
  const { logFile, logLevel } = config as PartConfig;
  const ctx: PartContext = { clock: realClock, random: systemRandom(), log: fileLog(logFile, name, logLevel), signal };
  return start(ctx, config as PartConfig);
}
