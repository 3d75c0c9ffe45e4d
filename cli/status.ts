/** `kumulus status`: what runs on a data directory. Exit code 1 when nothing does. */
import { resolve } from 'node:path';
import { ask } from './control/client.ts';
import type { InstanceStatus } from './control/protocol.ts';
import { Failure } from './failure.ts';
import { socketPath } from './socket-path.ts';

export const notRunning = (dir: string) => new Failure(`no kumulus is running on ${dir}; start one with "kumulus up --data-dir ${dir}"`);

function table(status: InstanceStatus): string {
  const rows = status.parts.map((p) => [p.name, p.state, String(p.pid ?? '-'), String(p.restarts), p.lastExit ?? '']);
  const all = [['PART', 'STATE', 'PID', 'RESTARTS', 'LAST EXIT'], ...rows];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export async function status(options: { dataDir: string; json: boolean }): Promise<void> {
  const dir = resolve(options.dataDir);
  const answer = await ask(socketPath(dir, 'control.sock'), { command: 'status' });
  if (!answer) throw notRunning(dir);
  if (options.json) return void console.log(JSON.stringify(answer, null, 2));
  console.log(`kumulus is ${answer.state} at ${answer.server} (pid ${answer.pid}, since ${answer.startedAt})`);
  console.log(`store: ${answer.store}\nkubeconfig: ${answer.kubeconfig}\n\n${table(answer)}`);
}
