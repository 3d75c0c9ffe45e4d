/**
 * The data plane: a process of its own that listens on every Service's addresses and carries what comes to the Service's endpoints.
 * It has no state but its last good configuration, with which it goes on when the controller is away.
 */
import type { OptionsOf } from '../../types/part/flags.ts';
import type { PartContext, RunningPart } from '../../types/part/part.ts';
import { flags } from '../options.ts';
import { PushClient } from '../push/client.ts';
import { Applier } from './apply.ts';
import { Fronts } from './fronts.ts';
import { HttpSide } from './http/server.ts';
import { State } from './state.ts';
import { statsOf } from './stats.ts';
import { pipeTcp } from './tcp.ts';

export interface ProxyOptions extends Partial<OptionsOf<typeof flags>> {
  /** Path of the controller's Unix socket. It need not exist yet. */
  socket: string;
  /** What the proxy calls itself to the controller. Default: a random name. */
  name?: string;
}

/** `ready` resolves when the first configuration is applied; until then nothing listens. */
export function startProxy(ctx: PartContext, options: ProxyOptions): RunningPart {
  const name = options.name ?? `proxy-${ctx.random.suffix(5)}`;
  const state = new State(ctx);
  const http = new HttpSide(ctx, state);
  const fronts: Fronts = new Fronts(ctx, {
    shared: options['mesh-shared-listeners'] ?? false,
    accept: (socket, front) => {
      if (front.port?.http) http.accept(socket, front);
      else pipeTcp(ctx, state, socket, front);
    },
    onProblems: () => client.send({ type: 'problems', problems: fronts.problems() }),
  });
  const applier = new Applier(ctx.log, state, fronts);
  const first = Promise.withResolvers<void>();
  const client = new PushClient(ctx, options.socket, {
    hello: () => ({ type: 'hello', proxy: name, versions: applier.versions() }),
    push: async (message) => {
      const answer = await applier.apply(message);
      first.resolve();
      return answer;
    },
    stats: (number) => ({ type: 'stats', number, stats: statsOf(state) }),
  });
  client.start();
  return {
    ready: first.promise,
    stopped: stop(ctx, options['mesh-drain-timeout'] ?? flags['mesh-drain-timeout'].default, { client, fronts, http }),
  };
}

/** Stops listening first; what is under way may finish, up to `drain` milliseconds. */
async function stop(ctx: PartContext, drain: number, parts: { client: PushClient; fronts: Fronts; http: HttpSide }): Promise<void> {
  await new Promise<void>((resolve) => {
    if (ctx.signal.aborted) resolve();
    else ctx.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  parts.client.close();
  parts.fronts.close();
  parts.http.windDown();
  const until = ctx.clock.monotonic() + drain;
  while (parts.fronts.connections > 0 && ctx.clock.monotonic() < until) {
    await ctx.clock.sleep(20);
    parts.http.windDown();
  }
  parts.http.destroy();
  parts.fronts.destroy();
}
