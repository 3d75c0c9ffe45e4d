/** `kumulus down`: ends the instance of a data directory and waits until it is gone. */
import { resolve } from 'node:path';
import { realClock } from '../types/part/clock.ts';
import { ask } from './control/client.ts';
import { socketPath } from './socket-path.ts';
import { notRunning } from './status.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function down(options: { dataDir: string }): Promise<void> {
  const dir = resolve(options.dataDir);
  const answer = await ask(socketPath(dir, 'control.sock'), { command: 'down' });
  if (!answer) throw notRunning(dir);
  while (isAlive(answer.pid)) await realClock.sleep(20);
  console.log('kumulus has ended');
}
