/** Kill -9 of each process under load: what was acknowledged is there, and the cloud heals by itself within 10 s. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/connect.ts';
import { httpTransport } from '../client/http.ts';
import { connectionFromKubeconfig } from '../client/kubeconfig.ts';
import { configMaps } from '../client/resources.ts';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { seededRandom } from '../types/part/random.ts';
import { Cloud, eventually } from './cloud.ts';

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: work }
spec:
  replicas: 20
  selector: { matchLabels: { app: work } }
  template:
    metadata: { labels: { app: work } }
    spec: { containers: [{ name: c, image: work:1 }] }
`;

/** Creates ConfigMaps until told to stop; keeps the names that were acknowledged. */
class Load {
  readonly acknowledged: string[] = [];
  #stop = false;
  #workers: Promise<void>[];

  constructor(client: Client, prefix: string) {
    this.#workers = Array.from({ length: 8 }, (_, worker) => this.#run(client, `${prefix}-${worker}`));
  }

  async #run(client: Client, prefix: string): Promise<void> {
    for (let i = 0; !this.#stop; i++) {
      const name = `${prefix}-${i}`;
      try {
        await client.create(configMaps, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace: 'default' },
          data: { a: 'b' },
        });
        this.acknowledged.push(name);
      } catch {
        await realClock.sleep(10); // refused or broken off: not acknowledged
      }
    }
  }

  async stop(): Promise<string[]> {
    this.#stop = true;
    await Promise.all(this.#workers);
    return this.acknowledged;
  }
}

const ALL = {
  embedded: ['api', 'controllers', 'scheduler', 'nodes', 'mesh', 'proxy'],
  redis: ['redis', 'api', 'controllers', 'scheduler', 'nodes', 'mesh', 'proxy'],
};

describe.each(['embedded', 'redis'] as const)('kill -9 under load, on the %s store', (store) => {
  let cloud: Cloud;
  let client: Client;
  beforeAll(async () => {
    cloud = await Cloud.start(['--store', store, '--nodes', '4']);
    const connection = await connectionFromKubeconfig(cloud.kubeconfig);
    client = createClient(httpTransport(connection), { clock: realClock, random: seededRandom(1), log: silentLog, userAgent: 'kill-test' });
    await cloud.apply(DEPLOYMENT);
    await cloud.ok('rollout', 'status', 'deployment/work', '--timeout=30s');
  });
  afterAll(async () => {
    client.close();
    await cloud.stop();
  });

  const running = async () => {
    const { items } = JSON.parse(await cloud.ok('get', 'pods', '-l', 'app=work', '-o', 'json')) as {
      items: { metadata: { deletionTimestamp?: string }; status: { phase: string } }[];
    };
    return items.length === items.filter((p) => p.status.phase === 'Running' && !p.metadata.deletionTimestamp).length ? items.length : -1;
  };

  it.each(ALL[store])('%s', async (part) => {
    const load = new Load(client, `${part}-load`);
    await eventually(async () => load.acknowledged.length > 50, 'the load runs');
    await cloud.kill(part);
    await cloud.kubectl('scale', 'deployment/work', '--replicas=25');
    await eventually(
      async () => {
        const found = (await cloud.status()).parts.find((p) => p.name === part);
        return found?.state === 'ready' && found.restarts > 0;
      },
      `${part} is back`,
      10,
    );
    await eventually(async () => (await cloud.kubectl('scale', 'deployment/work', '--replicas=22')).code === 0, 'the API takes writes', 10);
    await eventually(async () => (await running()) === 22, 'the deployment has healed', 10);
    const acknowledged = await load.stop();
    const { items } = await client.list(configMaps, { namespace: 'default' });
    const names = new Set(items.map((item) => item.metadata?.name));
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(50);
  });
});
