/** The machines that a new cloud begins with: a MachinePool named `default`, sized by --nodes. */
import type { Client } from '../../client/client.ts';
import { type MachinePool, machinePools } from '../../client/cloud.ts';
import { ApiError, isNotFound } from '../../client/errors.ts';
import type { Clock } from '../../types/part/clock.ts';

const NAME = 'default';
const NEW_CLOUD_NODES = 10;
const POLL_MS = 20;
const TELL_EVERY_MS = 2_000;

function existing(client: Client): Promise<MachinePool | undefined> {
  return client.get(machinePools, NAME).catch((error: unknown) => {
    if (error instanceof ApiError && isNotFound(error)) return undefined;
    throw error;
  });
}

/** `wanted` below 0: as it is, or 10 machines for a new cloud. Answers how many machines there are to be. */
export async function ensureDefaultPool(client: Client, wanted: number): Promise<number> {
  const pool = await existing(client);
  if (!pool) {
    const replicas = wanted < 0 ? NEW_CLOUD_NODES : wanted;
    const spec = { replicas, className: 'large' };
    await client.create(machinePools, { apiVersion: 'cloud.kumulus.dev/v1alpha1', kind: 'MachinePool', metadata: { name: NAME }, spec });
    return replicas;
  }
  const replicas = pool.spec.replicas ?? 0;
  if (wanted < 0 || wanted === replicas) return replicas;
  await client.patch(machinePools, { name: NAME }, 'merge', { spec: { replicas: wanted } });
  return wanted;
}

/** Waits until they are Ready, telling how far they are when that takes long. */
export async function machinesReady(client: Client, wanted: number, clock: Clock, signal: AbortSignal, tell: (line: string) => void) {
  let told = clock.monotonic();
  while (!signal.aborted) {
    const ready = (await existing(client))?.status?.readyReplicas ?? 0;
    if (ready >= wanted) return;
    if (clock.monotonic() - told > TELL_EVERY_MS) {
      tell(`kumulus: ${ready} of ${wanted} machines are ready …`);
      told = clock.monotonic();
    }
    await clock.sleep(POLL_MS, signal);
  }
}
