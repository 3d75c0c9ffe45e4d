/** A real API server for tests: its own store in a temporary directory, its own keys, a free port. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StoreLocation } from '../store/open.ts';
import { launchRedis } from '../store/redis/launch.ts';
import type { Store } from '../store/store.ts';
import { realClock } from '../types/part/clock.ts';
import { defaultsOf } from '../types/part/flags.ts';
import { type Log, silentLog } from '../types/part/log.ts';
import { systemRandom } from '../types/part/random.ts';
import { startApi } from './index.ts';
import { type ApiOptions, flags as apiFlags } from './options.ts';
import { ensurePki } from './pki/pki.ts';

/** As client/connection.ts. */
export interface TestConnection {
  server: string;
  ca: string;
  cert?: string;
  key?: string;
  token?: string;
}

export interface TestApi {
  url: string;
  /** Of user `alice`, who may do nothing. */
  connection: TestConnection;
  /** Of a member of system:masters, by client certificate. */
  adminConnection: TestConnection;
  /** The same by token. */
  tokenConnection: TestConnection;
  /** For kubectl: `KUBECONFIG`. */
  kubeconfig: string;
  dir: string;
  store: Store;
  stop(): Promise<void>;
}

export interface TestApiOptions {
  /** Default: embedded. */
  driver?: 'embedded' | 'redis';
  /** Of `redis`: where it is. Default: a private child of this process, in the temporary directory. */
  redisUrl?: string;
  /** Flags that differ from their defaults. */
  flags?: Partial<ApiOptions>;
  log?: Log;
}

export const ADMIN_TOKEN = 'admin-token';
export const ALICE_TOKEN = 'alice-token';

export async function startTestApi({ driver = 'embedded', redisUrl, flags, log = silentLog }: TestApiOptions = {}): Promise<TestApi> {
  const dir = await mkdtemp(join(tmpdir(), 'kumulus-api-'));
  const clock = realClock;
  const redis = driver === 'redis' && !redisUrl ? await launchRedis({ directory: join(dir, 'redis'), clock, log }) : undefined;
  const location: StoreLocation =
    driver === 'redis' ? { kind: 'redis', url: redisUrl ?? redis?.url ?? '' } : { kind: 'embedded', file: join(dir, 'store.db') };
  const tokenFile = join(dir, 'tokens.csv');
  await writeFile(tokenFile, `${ADMIN_TOKEN},admin,test-admin,system:masters\n${ALICE_TOKEN},alice,test-alice\n`);
  const [store, pki] = await Promise.all([openStore(location, { clock, log }), ensurePki(join(dir, 'pki'), { hosts: [], clock })]);
  const ending = new AbortController();
  const options = { ...defaultsOf(apiFlags), 'secure-port': 0, 'token-auth-file': tokenFile, ...flags, store, pki };
  const api = startApi({ clock, random: systemRandom(), log, signal: ending.signal }, options);
  const url = await api.url;
  const ca = pki.ca.cert;
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(url, ca));
  return {
    url,
    connection: { server: url, ca, token: ALICE_TOKEN },
    adminConnection: { server: url, ca, cert: pki.clients.admin.cert, key: pki.clients.admin.key },
    tokenConnection: { server: url, ca, token: ADMIN_TOKEN },
    kubeconfig,
    dir,
    store,
    stop: async () => {
      ending.abort();
      await api.stopped;
      await store.close();
      await redis?.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function kubeconfigOf(server: string, ca: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'admin', user: { token: ADMIN_TOKEN } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  });
}
