/** Waits until the machines of the default pool are Ready, telling how far it is when that takes long. */
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../types/part/clock.ts';

const POLL_MS = 20;
const TELL_EVERY_MS = 2_000;

interface PoolAnswer {
  status?: { readyReplicas?: number };
}

export async function machinesReady(client: Client, wanted: number, clock: Clock, signal: AbortSignal, tell: (line: string) => void) {
  let told = clock.monotonic();
  while (!signal.aborted) {
    const answer = await client.raw('GET', '/apis/cloud.kumulus.dev/v1alpha1/machinepools/default');
    const ready = (answer.body as PoolAnswer).status?.readyReplicas ?? 0;
    if (ready >= wanted) return;
    if (clock.monotonic() - told > TELL_EVERY_MS) {
      tell(`kumulus: ${ready} of ${wanted} machines are ready …`);
      told = clock.monotonic();
    }
    await clock.sleep(POLL_MS, signal);
  }
}
