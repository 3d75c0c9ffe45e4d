/** The walk through of the README, executed as it is written: the shell blocks, in order, against what `npm start` brings up. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, kumulus, ROOT, run } from './cloud.ts';

const blocks = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

/** A checkout of its own: what git tracks (or would). */
async function checkout(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'kumulus-readme-'));
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  for (const file of stdout.split('\0').filter(Boolean)) cpSync(join(ROOT, file), join(dir, file));
  return dir;
}

it('the walk through works as it is written', async () => {
  expect(blocks.length).toBeGreaterThan(3);
  const dir = await checkout();
  const start = spawn('npm', ['start'], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [start.stdout, start.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  try {
    await eventually(
      async () => {
        if (start.exitCode !== null) throw new Error(`npm start ended: ${output}`);
        return output.includes('kumulus is ready');
      },
      'npm start is ready',
      60,
    );
    for (const block of blocks) {
      const script = `set -euo pipefail; export KUBECONFIG=$PWD/.kumulus/kubeconfig\n${block}`;
      const ran = await run('bash', ['-c', script], { cwd: dir });
      expect(ran.code, `${block}\n${ran.stdout}\n${ran.stderr}`).toBe(0);
    }
  } finally {
    start.kill('SIGTERM');
    // Nothing is left behind: npm hands the signal on to the cloud.
    await eventually(async () => (await kumulus('status', '--data-dir', join(dir, '.kumulus'))).code === 1, 'the cloud has ended');
    rmSync(dir, { recursive: true, force: true });
  }
}, 300_000);
