/** `kumulus up`: from a data directory to a cloud that is ready, and back down. */
import { resolve } from 'node:path';
import { realClock } from '../../types/part/clock.ts';
import type { ParsedUp } from '../command-line.ts';
import { serveHealth } from '../control/health.ts';
import { openControl } from '../control/server.ts';
import { PARTS } from '../parts/table.ts';
import { socketPath } from '../socket-path.ts';
import { detach } from './detach.ts';
import { openInstance } from './instance.ts';
import { planUp } from './plan.ts';
import { Run } from './run.ts';

export async function up(parsed: ParsedUp): Promise<void> {
  const plan = planUp(parsed.up, parsed.given, PARTS);
  if (parsed.up.detach) return detach(resolve(parsed.up['data-dir']));
  const startedAt = realClock.monotonic() - process.uptime() * 1000;
  const instance = openInstance(parsed.up['data-dir']);
  const run = new Run(parsed, plan, instance, startedAt);
  const name = plan.ownApi ? 'control.sock' : `control-${plan.parts.join('-')}.sock`;
  const control = await openControl(socketPath(instance.dir, name), instance.dir, run);
  const health = parsed.up['healthz-port']
    ? await serveHealth(parsed.up['healthz-port'], parsed.up['healthz-bind-address'], () => run.status())
    : undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => run.down());
  try {
    await run.start();
    await run.ended;
  } finally {
    await run.stop();
    control.close();
    health?.close();
  }
}
