/** `--detach`: the same command in a process group of its own; this one ends when that one is ready, or has failed. */
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '../../types/part/clock.ts';
import { ask } from '../control/client.ts';
import { Failure } from '../failure.ts';
import { socketPath } from '../socket-path.ts';
import { openInstance } from './instance.ts';

export async function detach(dir: string): Promise<void> {
  openInstance(dir);
  const file = join(dir, 'logs', 'up.out');
  const output = openSync(file, 'w', 0o600);
  const args = [...process.execArgv, ...process.argv.slice(1).filter((arg) => !/^--detach(=|$)/.test(arg))];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', output, output] });
  let exitCode: number | null | undefined;
  child.on('exit', (code) => {
    exitCode = code ?? 1;
  });
  const socket = socketPath(dir, 'control.sock');
  while (exitCode === undefined) {
    const status = await ask(socket, { command: 'status' });
    if (status?.pid === child.pid && status?.state === 'ready') break;
    await realClock.sleep(20);
  }
  const said = readFileSync(file, 'utf8').trimEnd();
  if (exitCode !== undefined) throw new Failure(said.replace(/^kumulus: /gm, '') || 'it ended at once', exitCode === 2 ? 2 : 1);
  console.log(said);
  child.unref();
  process.exit(0);
}
