/** The chart of Kumulus with the real helm: linted, rendered, and installed into a running Kumulus, whose pods it then are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cloud, eventually, run } from './cloud.ts';

const CHART = 'charts/kumulus';

describe('the chart', () => {
  it('passes helm lint', async () => {
    const ran = await run('helm', ['lint', '--strict', CHART]);
    expect(ran.stdout).toContain('0 chart(s) failed');
  });

  it('renders with and without its own Redis', async () => {
    expect((await run('helm', ['template', 'k', CHART])).stdout).toMatch(/kind: StatefulSet/);
    const external = await run('helm', ['template', 'k', CHART, '--set', 'redis.enabled=false,redis.externalUrl=redis://cache:6379']);
    expect(external.stdout).not.toMatch(/kind: StatefulSet/);
    expect(external.stdout).toContain('redis://cache:6379');
  });

  const refused: [string, string, RegExp][] = [
    ['no replicas', 'api.replicas=0', /api\.replicas/],
    ['neither Redis', 'redis.enabled=false', /redis\.externalUrl/],
    ['a value that is not there', 'apiServer.replicas=3', /apiServer/],
  ];
  it.each(refused)('refuses %s', async (_name, set, message) => {
    const ran = await run('helm', ['template', 'k', CHART, '--set', set]);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toMatch(message);
  });
});

describe('the chart in a running Kumulus', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.start(['--nodes', '3']);
  });
  afterAll(() => cloud.stop());
  const helm = async (...args: string[]) => {
    const ran = await run('helm', args, {
      env: { KUBECONFIG: cloud.kubeconfig, HELM_CACHE_HOME: cloud.dir, HELM_CONFIG_HOME: cloud.dir, HELM_DATA_HOME: cloud.dir },
    });
    if (ran.code !== 0) throw new Error(`helm ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };

  it('installs and comes up', async () => {
    await helm('install', 'inner', CHART, '--namespace', 'inner', '--create-namespace', '--wait', '--timeout', '60s');
    expect(await helm('list', '--namespace', 'inner')).toMatch(/inner\s.*deployed/);
    const pods = await cloud.ok('get', 'pods', '-n', 'inner', '--no-headers');
    expect(pods.trim().split('\n').length).toBe(6);
    expect(
      pods
        .trim()
        .split('\n')
        .every((line) => line.includes('Running')),
    ).toBe(true);
  });

  it('keeps its credentials at an upgrade, rolls back, is tested and uninstalled', async () => {
    const token = () => cloud.ok('get', 'secret', '-n', 'inner', 'inner-kumulus-tokens', '-o', 'jsonpath={.data.admin}');
    const before = await token();
    await helm(
      'upgrade',
      'inner',
      CHART,
      '--namespace',
      'inner',
      '--reuse-values',
      '--set',
      'api.replicas=3',
      '--wait',
      '--timeout',
      '60s',
    );
    expect(await token()).toBe(before);
    expect(await helm('history', 'inner', '--namespace', 'inner')).toMatch(/2\s.*deployed/);
    await helm('rollback', 'inner', '1', '--namespace', 'inner', '--wait', '--timeout', '60s');
    expect(await helm('test', 'inner', '--namespace', 'inner')).toMatch(/Phase:\s+Succeeded/);
    await helm('uninstall', 'inner', '--namespace', 'inner');
    await eventually(async () => (await cloud.ok('get', 'pods', '-n', 'inner', '--no-headers')).trim() === '', 'its pods are gone');
  });
});
