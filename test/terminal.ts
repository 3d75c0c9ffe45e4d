/** A user at a terminal: command lines against a cloud, with one version of kubectl and a namespace of the user's own. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type Cloud, type Ran, run } from './cloud.ts';

/** A command line and what it has to say (out and error streams together). */
export type Step = [line: string, says: RegExp | string];

export class Terminal {
  /** Where commands run; for the files that they read. */
  readonly dir: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(dir: string, env: NodeJS.ProcessEnv) {
    this.dir = dir;
    this.#env = env;
  }

  /** `kubectl`: the file to run under that name; default the one on the PATH. The home directory (kubectl's caches) is new. */
  static async open(cloud: Cloud, namespace: string, kubectl?: string): Promise<Terminal> {
    const dir = mkdtempSync(join(cloud.dir, 'terminal-'));
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    if (kubectl) symlinkSync(kubectl, join(bin, 'kubectl'));
    const kubeconfig = join(dir, 'kubeconfig');
    copyFileSync(cloud.kubeconfig, kubeconfig);
    const terminal = new Terminal(dir, { KUBECONFIG: kubeconfig, HOME: dir, PATH: `${bin}:${process.env.PATH}`, EDITOR: 'false' });
    await terminal.steps([
      [`kubectl create namespace ${namespace}`, `namespace/${namespace} created`],
      [`kubectl config set-context --current --namespace=${namespace}`, 'modified'],
    ]);
    return terminal;
  }

  /** A file for commands to read. */
  file(name: string, text: string): void {
    mkdirSync(dirname(join(this.dir, name)), { recursive: true });
    writeFileSync(join(this.dir, name), text);
  }

  run(line: string, input?: string): Promise<Ran> {
    return run('bash', ['-c', line], { env: this.#env, cwd: this.dir, ...(input !== undefined && { input }) });
  }

  /** What a line prints that has to succeed. */
  async ok(line: string, input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(line, input);
    expect(code, `${line}\n${stderr}${stdout}`).toBe(0);
    return stdout + stderr;
  }

  /** What a line prints that has to fail. */
  async fails(line: string, input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(line, input);
    expect(code, `${line} should fail\n${stdout}`).not.toBe(0);
    return stdout + stderr;
  }

  /** Lines that succeed, one after the other. */
  async steps(steps: Step[]): Promise<void> {
    for (const [line, says] of steps) expectSays(line, await this.ok(line), says);
  }

  /** Lines that are refused, one after the other. */
  async refused(steps: Step[]): Promise<void> {
    for (const [line, says] of steps) expectSays(line, await this.fails(line), says);
  }
}

function expectSays(line: string, said: string, says: RegExp | string): void {
  if (typeof says === 'string') expect(said, line).toContain(says);
  else expect(said, line).toMatch(says);
}

/** Versions of kubectl beside the one on the PATH, in files like `kubectl.1.27`. */
export function otherVersions(): { version: string; file: string }[] {
  const found = execFileSync('bash', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).trim();
  const dir = dirname(realpathSync(found));
  return readdirSync(dir)
    .flatMap((name) => /^kubectl\.(1\.\d+)$/.exec(name)?.[1] ?? [])
    .map((version) => ({ version, file: join(dir, `kubectl.${version}`) }));
}
