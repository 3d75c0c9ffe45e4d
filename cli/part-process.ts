/**
 * The process of one part: `node part-process.ts NAME`, started by the supervisor, which sends the configuration as the first message.
 * SIGTERM ends it in order; so does the supervisor's death (the channel closes), so that nothing is left behind.
 */
import { flushCompileCache } from 'node:module';
import { startPart } from './parts/start.ts';

type Start = { type: 'start'; config: unknown };

function tell(message: object): void {
  if (process.connected) process.send?.(message);
}

const name = process.argv[2] ?? '';
const ending = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort());
process.on('disconnect', () => ending.abort());
process.title = `kumulus-${name}`;

process.once('message', async (message: Start) => {
  try {
    const part = await startPart(name, message.config, ending.signal);
    part.ready.then(
      () => {
        tell({ type: 'ready' });
        flushCompileCache(); // a part that is killed later leaves it behind
      },
      () => {}, // `stopped` rejects with the same reason
    );
    await Promise.race([part.stopped, part.ready.then(() => part.stopped)]);
    process.exit(0);
  } catch (error) {
    console.error(error);
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect?.();
    process.exit(1);
  }
});
