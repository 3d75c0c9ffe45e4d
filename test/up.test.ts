/** `kumulus up` as its users meet it: what it prints, refuses, and leaves behind. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cloud, eventually, kumulus } from './cloud.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kumulus-up-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a cloud that is up', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.start(['--store', 'embedded', '--nodes', '3']);
  });
  afterAll(() => cloud.stop());

  it('says in one line which store it chose, and in one that it is ready', () => {
    expect(cloud.output).toMatch(/^kumulus: store: embedded SQLite \(as asked\)$/m);
    expect(cloud.output).toMatch(/^kumulus is ready in \d+\.\d s: https:\/\/127\.0\.0\.1:\d+, 3 machines/m);
    expect(cloud.output).toContain(`export KUBECONFIG=${cloud.kubeconfig}`);
  });

  it('keeps keys and the kubeconfig to their owner', () => {
    expect(statSync(cloud.kubeconfig).mode & 0o077).toBe(0);
    expect(statSync(join(cloud.dir, 'pki')).mode & 0o077).toBe(0);
  });

  it('runs every part as a process of its own', async () => {
    const { state, parts } = await cloud.status();
    expect(state).toBe('ready');
    expect(parts.map((p) => p.name)).toEqual(['api', 'controllers', 'scheduler', 'nodes', 'mesh', 'proxy']);
    expect(new Set(parts.map((p) => p.pid)).size).toBe(parts.length);
  });

  it('refuses a second one on the same data directory', async () => {
    const ran = await kumulus('up', '--data-dir', cloud.dir, '--port', '0');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/already running on .*kumulus down/);
  });

  it('refuses a port in use', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const ran = await kumulus('up', '--data-dir', join(scratch, 'port'), '--port', String(port));
    server.close();
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/port \d+ on 127\.0\.0\.1 is in use; choose another with --port/);
  });
});

describe('what can not be is a clear sentence and an exit code', () => {
  const cases: [name: string, args: string[], code: number, message: RegExp][] = [
    ['an unknown flag', ['up', '--nodez', '3'], 2, /unknown option '--nodez'/],
    ['a flag of the wrong form', ['up', '--port', 'many'], 2, /--port: "many" is not a whole number from 0 to 65535/],
    ['an unknown part', ['up', '--only', 'etcd'], 2, /--only etcd: there are api, controllers/],
    ['an unknown command', ['start'], 2, /unknown command 'start'/],
    ['nothing to end', ['down', '--data-dir', join(scratch, 'none')], 1, /no kumulus is running/],
    ['nothing to look at', ['status', '--data-dir', join(scratch, 'none')], 1, /no kumulus is running/],
  ];
  it.each(cases)('%s', async (_name, args, code, message) => {
    const ran = await kumulus(...args);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  });

  it('a data directory that is a file', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    const ran = await kumulus('up', '--data-dir', file, '--port', '0');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/is not a directory; choose another with --data-dir/);
  });

  it('a data directory that can not be made', async () => {
    const ran = await kumulus('up', '--data-dir', '/proc/none', '--port', '0');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/can't use the data directory \/proc\/none \(ENOENT\); make it readable and writable or choose another/);
  });

  it('a damaged data directory', async () => {
    const dir = join(scratch, 'damaged');
    await kumulus('status', '--data-dir', dir);
    rmSync(dir, { recursive: true, force: true });
    const cloud = await Cloud.start(['--store', 'embedded', '--only', 'api'], dir);
    cloud.signal('SIGINT');
    expect(await cloud.ended()).toBe(0);
    writeFileSync(join(dir, 'instance.json'), '{');
    const ran = await kumulus('up', '--data-dir', dir, '--port', '0');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/instance\.json is damaged/);
  });
});

describe('the end', () => {
  it('SIGINT ends every process, in order, and the next start finds everything again', async () => {
    const dir = join(scratch, 'again');
    const first = await Cloud.start(['--store', 'embedded', '--nodes', '2'], dir);
    const { parts } = await first.status();
    await first.ok('create', 'configmap', 'kept', '--from-literal=a=b');
    first.signal('SIGINT');
    expect(await first.ended()).toBe(0);
    for (const { pid } of parts) expect(() => process.kill(pid ?? 0, 0)).toThrow();
    const second = await Cloud.start([], dir);
    expect(await second.ok('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).toBe('b');
    expect(second.output).toContain('2 machines');
    await second.stop();
  });

  it('--detach comes up in the background, down ends it', async () => {
    const dir = join(scratch, 'detached');
    const up = await kumulus('up', '--detach', '--data-dir', dir, '--port', '0', '--nodes', '1', '--store', 'embedded');
    expect(up.stdout).toMatch(/kumulus is ready in/);
    expect(up.code).toBe(0);
    expect((await kumulus('status', '--data-dir', dir)).stdout).toMatch(/kumulus is ready at/);
    expect((await kumulus('down', '--data-dir', dir)).code).toBe(0);
    expect((await kumulus('status', '--data-dir', dir)).code).toBe(1);
  });

  it('when the supervisor is killed, no process stays behind', async () => {
    const cloud = await Cloud.start(['--nodes', '1']);
    const { parts } = await cloud.status();
    cloud.signal('SIGKILL');
    const isGone = (pid: number) => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    };
    await eventually(async () => parts.every((p) => isGone(p.pid ?? 0)), 'all parts have ended');
    const again = await Cloud.start([], cloud.dir);
    await again.stop();
  });
});
