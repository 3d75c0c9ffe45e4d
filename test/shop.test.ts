/** The first things that a user does: apply, roll out, ask through the proxy, scale, lose a machine. On both stores. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cloud, eventually, run } from './cloud.ts';

describe.each(['embedded', 'redis'])('the shop, on the %s store', (store) => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.start(['--store', store, '--nodes', '6']);
  });
  afterAll(() => cloud.stop());

  const json = async <T>(...args: string[]) => JSON.parse(await cloud.ok(...args, '-o', 'json')) as T;
  const curl = async (url: string, ...args: string[]) => (await run('curl', ['-sS', '--max-time', '5', ...args, url])).stdout;
  const clusterIP = (name: string) => cloud.ok('get', 'service', name, '-o', 'jsonpath={.spec.clusterIP}');

  it('has machines that are Ready, in regions and zones', async () => {
    const { items } = await json<{
      items: { metadata: { labels: Record<string, string> }; status: { conditions: { type: string; status: string }[] } }[];
    }>('get', 'nodes');
    expect(items).toHaveLength(6);
    expect(items.every((n) => n.status.conditions.some((c) => c.type === 'Ready' && c.status === 'True'))).toBe(true);
    expect(new Set(items.map((n) => n.metadata.labels['topology.kubernetes.io/zone'])).size).toBe(3);
  });

  it('publishes the root CA in every namespace', async () => {
    const ca = await cloud.ok('get', 'configmap', '-n', 'default', 'kube-root-ca.crt', '-o', 'jsonpath={.data.ca\\.crt}');
    expect(ca).toContain('BEGIN CERTIFICATE');
  });

  it('applies, rolls out, and spreads over machines and zones', async () => {
    await cloud.ok('apply', '-f', 'examples/shop/');
    for (const name of ['web-v1', 'web-v2', 'cart']) await cloud.ok('rollout', 'status', `deployment/${name}`, '--timeout=30s');
    const wide = await cloud.ok('get', 'pods', '-o', 'wide');
    expect(wide).toMatch(/Running/);
    const { items } = await json<{ items: { spec: { nodeName: string } }[] }>('get', 'pods', '-l', 'app=web');
    expect(new Set(items.map((p) => p.spec.nodeName)).size).toBeGreaterThan(1);
  });

  it('answers on the ClusterIP through the proxy, split as the route says', async () => {
    const url = `http://${await clusterIP('web')}/`;
    await eventually(async () => (await curl(url)).includes('web-v'), 'a pod of the shop answers');
    const answers: string[] = [];
    for (let i = 0; i < 200; i++) answers.push(await curl(url));
    const second = answers.filter((a) => a.includes('web-v2')).length;
    expect(answers.every((a) => a.includes('web-v1') || a.includes('web-v2'))).toBe(true);
    expect(second).toBeGreaterThan(5);
    expect(second).toBeLessThan(40);
  });

  it('has the route accepted, with the version that the proxies apply', async () => {
    const route = await json<{ items: { status: { parents: { conditions: { type: string; status: string }[] }[] } }[] }>(
      'get',
      'httproutes',
    );
    const conditions = route.items[0]?.status.parents[0]?.conditions ?? [];
    for (const type of ['Accepted', 'ResolvedRefs', 'Programmed']) expect(conditions.find((c) => c.type === type)?.status).toBe('True');
  });

  it('a broken route gets its condition and breaks nothing else', async () => {
    await cloud.apply(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: broken }
spec:
  parentRefs: [{ group: "", kind: Service, name: cart, port: 80 }]
  rules: [{ matches: [{ path: { type: PathPrefix, value: /broken } }], backendRefs: [{ name: no-such-service, port: 80 }] }]
`);
    const reason = ['get', 'httproute', 'broken', '-o', 'jsonpath={.status.parents[0].conditions[?(@.type=="ResolvedRefs")].reason}'];
    await eventually(async () => (await cloud.ok(...reason)) === 'BackendNotFound', 'the broken route has its condition');
    expect(await curl(`http://${await clusterIP('web')}/`)).toMatch(/web-v/);
    await cloud.ok('delete', 'httproute', 'broken');
  });

  it('scales, and replaces the pods of a machine that is deleted', async () => {
    await cloud.ok('scale', 'deployment/web-v2', '--replicas=5');
    await cloud.ok('rollout', 'status', 'deployment/web-v2', '--timeout=30s');
    const node = (await cloud.ok('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].spec.nodeName}')).trim();
    await cloud.ok('delete', 'node', node);
    await eventually(async () => {
      const { items } = await json<{ items: { spec: { nodeName?: string }; status: { phase: string } }[] }>('get', 'pods', '-l', 'app=web');
      return items.length >= 6 && items.every((p) => p.spec.nodeName !== node && p.status.phase === 'Running');
    }, 'the pods run elsewhere');
    await eventually(
      async () =>
        (await cloud.ok('get', 'nodes', '--no-headers'))
          .trim()
          .split('\n')
          .filter((l) => / Ready /.test(l)).length === 6,
      'the pool has made another machine',
    );
  });

  it('provisions the machines of a pool and takes them away again', async () => {
    await cloud.ok('apply', '-f', 'examples/machines.yaml');
    const pool = (await json<{ items: { metadata: { name: string } }[] }>('get', 'machinepools')).items
      .map((p) => p.metadata.name)
      .find((n) => n !== 'default');
    const ready = () => cloud.ok('get', 'machinepool', pool ?? '', '-o', 'jsonpath={.status.readyReplicas}/{.spec.replicas}');
    await eventually(async () => (await ready()) === '5/5', 'the machines of the new pool are ready');
    await cloud.ok('scale', 'machinepool', pool ?? '', '--replicas=1');
    await eventually(
      async () => (await cloud.ok('get', 'nodes', '--no-headers')).trim().split('\n').length === 7,
      'four machines are gone',
    );
  });

  it('a pod that fits nowhere says why', async () => {
    await cloud.ok(
      'run',
      'huge',
      '--image=x',
      '--overrides={"spec":{"containers":[{"name":"huge","image":"x","resources":{"requests":{"cpu":"1000"}}}]}}',
    );
    await eventually(
      async () => /0\/7 nodes are available: 7 Insufficient cpu\./.test(await cloud.ok('describe', 'pod', 'huge')),
      'a FailedScheduling event',
    );
    await cloud.ok('delete', 'pod', 'huge', '--force', '--grace-period=0');
  });
});
