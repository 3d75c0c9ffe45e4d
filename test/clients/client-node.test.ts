/** The official JavaScript client against a cloud: its configuration, typed calls, watch and informer. */
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Pod,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cloud, eventually } from '../cloud.ts';

describe('@kubernetes/client-node', () => {
  const namespace = 'default';
  let cloud: Cloud;
  let config: KubeConfig;
  let core: CoreV1Api;
  beforeAll(async () => {
    cloud = await Cloud.start(['--nodes', '3']);
    config = new KubeConfig();
    config.loadFromFile(cloud.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
  });
  afterAll(() => cloud?.stop());

  it('lists, creates, reads, replaces, patches and deletes', async () => {
    expect((await core.listNode()).items).toHaveLength(3);
    const made = await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'a' }, data: { k: '1' } } });
    expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
    expect((await core.replaceNamespacedConfigMap({ namespace, name: 'a', body: { ...made, data: { k: '2' } } })).data).toEqual({ k: '2' });
    const body = { data: { l: '3' } };
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    expect((await core.patchNamespacedConfigMap({ namespace, name: 'a', body }, merge)).data).toEqual({ k: '2', l: '3' });
    expect((await core.listNamespacedConfigMap({ namespace, fieldSelector: 'metadata.name=a' })).items[0]?.data).toEqual({
      k: '2',
      l: '3',
    });
    await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
    const gone = await core.readNamespacedConfigMap({ namespace, name: 'a' }).catch((error: unknown) => error);
    expect(gone).toBeInstanceOf(ApiException);
    expect((gone as ApiException<string>).code).toBe(404);
    expect(String((gone as ApiException<string>).body)).toContain('configmaps \\"a\\" not found');
  });

  it('refuses a write of an old revision', async () => {
    const made = await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'old' } } });
    await core.replaceNamespacedConfigMap({ namespace, name: 'old', body: { ...made, data: { a: '1' } } });
    const late = core.replaceNamespacedConfigMap({ namespace, name: 'old', body: { ...made, data: { a: '2' } } });
    await expect(late).rejects.toMatchObject({ code: 409 });
  });

  it('runs a deployment, and reads pods of it', async () => {
    const labels = { app: 'web' };
    const spec = { containers: [{ name: 'c', image: 'nginx' }] };
    const deployment = {
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    await config.makeApiClient(AppsV1Api).createNamespacedDeployment({ namespace, body: deployment });
    await eventually(async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=web' });
      return items.length === 2 && items.every((p) => p.status?.phase === 'Running');
    }, 'two pods run');
  });

  it('reads any kind by its name, custom ones too', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const machines = await objects.list('cloud.kumulus.dev/v1alpha1', 'Machine');
    expect(machines.items).toHaveLength(3);
    const custom = config.makeApiClient(CustomObjectsApi);
    const pools = await custom.listClusterCustomObject({ group: 'cloud.kumulus.dev', version: 'v1alpha1', plural: 'machinepools' });
    expect(pools.items).toHaveLength(1);
  });

  it('watches', async () => {
    const seen: string[] = [];
    const watch = new Watch(config);
    const ended = await watch.watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      {},
      (phase: string, object: V1ConfigMap) => seen.push(`${phase} ${object.metadata?.name}`),
      () => {},
    );
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'seen' } } });
    await core.deleteNamespacedConfigMap({ namespace, name: 'seen' });
    await eventually(async () => seen.includes('DELETED seen'), 'the watch has seen both');
    ended.abort();
    expect(seen).toContain('ADDED seen');
  });

  it('informs', async () => {
    const pods = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, () => core.listNamespacedPod({ namespace }));
    const events: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const) pods.on(verb, (p: V1Pod) => events.push(`${verb} ${p.metadata?.name}`));
    await pods.start();
    await core.createNamespacedPod({ namespace, body: { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } } });
    await eventually(async () => pods.get('p', namespace)?.status?.phase === 'Running', 'the informer holds the running pod');
    await core.deleteNamespacedPod({ namespace, name: 'p' });
    await eventually(async () => events.includes('delete p'), 'the informer says that it is gone');
    expect(events).toEqual(expect.arrayContaining(['add p', 'update p', 'delete p']));
    expect(pods.get('p', namespace)).toBeUndefined();
    await pods.stop();
  });
});
