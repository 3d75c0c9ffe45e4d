/** The machines that a new cloud begins with: a MachinePool named `default`, sized by --nodes. */
import type { Client } from '../../client/client.ts';
import { resource } from '../../client/resource.ts';
import type { KubeObject } from '../../types/wire.ts';

interface MachinePool extends KubeObject {
  spec: { replicas: number; machineClassName: string };
  status?: { readyReplicas?: number };
}

const machinePools = resource<MachinePool>('cloud.kumulus.dev/v1alpha1', 'MachinePool', 'machinepools', false);

const NEW_CLOUD_NODES = 10;

async function existing(client: Client): Promise<MachinePool | undefined> {
  const answer = await client.raw('GET', '/apis/cloud.kumulus.dev/v1alpha1/machinepools/default');
  return answer.status === 200 ? (answer.body as MachinePool) : undefined;
}

/** `wanted` below 0: as it is, or 10 machines for a new cloud. Answers how many machines there are to be. */
export async function ensureDefaultPool(client: Client, wanted: number): Promise<number> {
  const pool = await existing(client);
  if (!pool) {
    const replicas = wanted < 0 ? NEW_CLOUD_NODES : wanted;
    await client.create(machinePools, {
      apiVersion: 'cloud.kumulus.dev/v1alpha1',
      kind: 'MachinePool',
      metadata: { name: 'default' },
      spec: { replicas, machineClassName: 'large' },
    });
    return replicas;
  }
  if (wanted >= 0 && pool.spec.replicas !== wanted) {
    await client.patch(machinePools, { name: 'default' }, 'merge', { spec: { replicas: wanted } });
    return wanted;
  }
  return pool.spec.replicas;
}
