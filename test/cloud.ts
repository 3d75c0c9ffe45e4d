/** A whole cloud for an end-to-end test: `kumulus up` as its users start it, on a free port and a data directory of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstanceStatus } from '../cli/control/protocol.ts';
import { realClock } from '../types/part/clock.ts';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; cwd?: string } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...options.env };
    const child = execFile(program, args, { env, cwd: options.cwd ?? ROOT, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.on('error', () => {}); // it may end without having read
    child.stdin?.end(options.input ?? '');
  });
}

/** The `kumulus` command. */
export const kumulus = (...args: string[]) => run(process.execPath, [join(ROOT, 'cli', 'kumulus.ts'), ...args]);

/** Waits until `look` answers something; fails with what it last threw or saw after `seconds`. */
export async function eventually<T>(look: () => Promise<T | undefined | false>, what: string, seconds = 30): Promise<T> {
  const end = realClock.monotonic() + seconds * 1000;
  let last: unknown;
  while (realClock.monotonic() < end) {
    try {
      const found = await look();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    await realClock.sleep(50);
  }
  throw new Error(`not in ${seconds} s: ${what} (last: ${String(last)})`);
}

export class Cloud {
  readonly dir: string;
  readonly kubeconfig: string;
  readonly #process: ChildProcess;
  output = '';

  private constructor(dir: string, child: ChildProcess) {
    this.dir = dir;
    this.kubeconfig = join(dir, 'kubeconfig');
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  /** Resolves when the ready line is printed. `dir`: of an earlier cloud, to start it again. */
  static async start(args: string[] = [], dir = mkdtempSync(join(tmpdir(), 'kumulus-'))): Promise<Cloud> {
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const command = [join(ROOT, 'cli', 'kumulus.ts'), 'up', '--data-dir', dir, ...port, ...args];
    const cloud = new Cloud(dir, spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }));
    await eventually(async () => cloud.exitCode !== null || cloud.output.includes('kumulus is ready'), 'kumulus is ready');
    if (cloud.exitCode !== null) throw new Error(`kumulus up ended: ${cloud.output}`);
    return cloud;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get exitCode(): number | null {
    return this.#process.exitCode ?? (this.#process.signalCode ? 1 : null);
  }

  kubectl(...args: string[]): Promise<Ran> {
    return run('kubectl', args, { env: { KUBECONFIG: this.kubeconfig } });
  }

  /** kubectl that must succeed; answers what it printed. */
  async ok(...args: string[]): Promise<string> {
    const ran = await this.kubectl(...args);
    if (ran.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${ran.stderr || ran.stdout}`);
    return ran.stdout;
  }

  async apply(yaml: string): Promise<string> {
    const ran = await run('kubectl', ['apply', '-f', '-'], { env: { KUBECONFIG: this.kubeconfig }, input: yaml });
    if (ran.code !== 0) throw new Error(`kubectl apply: ${ran.stderr}`);
    return ran.stdout;
  }

  async status(): Promise<InstanceStatus> {
    const ran = await kumulus('status', '--data-dir', this.dir, '--json');
    if (ran.code !== 0) throw new Error(ran.stderr);
    return JSON.parse(ran.stdout) as InstanceStatus;
  }

  /** Kills a part's process, or (`signal` SIGTERM on the supervisor) ends the cloud. */
  async kill(part: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const found = (await this.status()).parts.find((p) => p.name === part);
    if (!found?.pid) throw new Error(`no process of ${part}`);
    process.kill(found.pid, signal);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async ended(): Promise<number> {
    return eventually(async () => (this.exitCode === null ? undefined : { code: this.exitCode }), 'kumulus has ended').then((e) => e.code);
  }

  /** Ends the cloud and removes its data. */
  async stop(): Promise<void> {
    if (this.exitCode === null) this.#process.kill('SIGTERM');
    await this.ended();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
