/** Loads and starts one part in this process. Each part's code is loaded only where it runs. */
import { createClient } from '../../client/connect.ts';
import { httpTransport } from '../../client/http.ts';
import { realClock } from '../../types/part/clock.ts';
import type { PartContext, RunningPart } from '../../types/part/part.ts';
import { systemRandom } from '../../types/part/random.ts';
import { fileLog } from '../log.ts';
import { VERSION } from '../version.ts';
import type { PartConfig } from './config.ts';

type Start = (ctx: PartContext, config: PartConfig) => RunningPart | Promise<RunningPart>;

/** The options of a part are those that its own flags parsed to. */
const LOADERS: Record<string, () => Promise<Start>> = {
  api: async () => (await import('./api.ts')).start,
  controllers: async () => {
    const { startControllers } = await import('../../controllers/index.ts');
    return (ctx, config) =>
      startControllers(ctx, clientOf(ctx, config), { ...config.options, redis: config.redis, rootCa: config.connection?.ca } as never);
  },
  scheduler: async () => {
    const { startScheduler } = await import('../../scheduler/index.ts');
    return (ctx, config) => startScheduler(ctx, clientOf(ctx, config), config.options as never);
  },
  nodes: async () => {
    const { startNodes } = await import('../../nodes/index.ts');
    return (ctx, config) => startNodes(ctx, clientOf(ctx, config), config.options as never);
  },
  mesh: async () => {
    const { startMesh } = await import('../../mesh/index.ts');
    return (ctx, config) => startMesh(ctx, clientOf(ctx, config), { ...config.options, socket: config.meshSocket } as never);
  },
  proxy: async () => {
    const { startProxy } = await import('../../mesh/proxy/index.ts');
    return (ctx, config) => startProxy(ctx, { ...config.options, socket: config.meshSocket } as never);
  },
};

function clientOf(ctx: PartContext, config: PartConfig) {
  if (!config.connection) throw new Error('this part was given no API server');
  return createClient(httpTransport(config.connection), { ...ctx, userAgent: `kumulus/${VERSION}` });
}

/** Loads the part's code; what it answers starts the part with a `PartConfig`, as the supervisor sent it. */
export async function loadPart(name: string): Promise<(config: unknown, signal: AbortSignal) => Promise<RunningPart>> {
  const loader = LOADERS[name];
  if (!loader) throw new Error(`there is no part "${name}"`);
  const start = await loader();
  return async (config, signal) => {
    const { logFile, logLevel } = config as PartConfig;
    return start({ clock: realClock, random: systemRandom(), log: fileLog(logFile, name, logLevel), signal }, config as PartConfig);
  };
}
