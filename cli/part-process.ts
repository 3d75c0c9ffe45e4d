/**
 * The process of one part: `node part-process.ts NAME`, started by the supervisor. It loads the part's code at once and starts it when the
 * supervisor sends the configuration. SIGTERM ends it in order; so does the supervisor's death (the channel closes), so that nothing is
 * left behind.
 */
import { flushCompileCache } from 'node:module';
import { realClock } from '../types/part/clock.ts';
import { loadPart } from './parts/start.ts';
import type { ChildMessage } from './supervise/child.ts';

/** How long a part may take to end when its supervisor is gone. */
const ALONE_MS = 5_000;

const name = process.argv[2] ?? '';
const ending = new AbortController();

function tell(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}

/** Resolves with the configuration, or with undefined when the end comes first. */
function configuration(): Promise<unknown> {
  return new Promise((resolve) => {
    process.once('message', (message: { config: unknown }) => resolve(message.config));
    ending.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

async function run(): Promise<void> {
  const configured = configuration();
  const start = await loadPart(name);
  const config = await configured;
  if (ending.signal.aborted) return;
  const part = await start(config, ending.signal);
  part.stopped.catch(() => {}); // awaited below
  await Promise.race([part.ready, part.stopped]);
  tell({ type: 'ready' });
  flushCompileCache(); // a part that is killed later leaves it behind
  await part.stopped;
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort());
process.on('disconnect', () => {
  ending.abort();
  // Nobody is left who would end a part that waits for something that has died as well.
  realClock.after(ALONE_MS, () => process.exit(1));
});
process.title = `kumulus-${name}`;
try {
  await run();
  process.exit(0);
} catch (error) {
  console.error(error);
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.disconnect?.();
  process.exit(1);
}
