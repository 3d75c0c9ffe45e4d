/** How commands that ask a cluster something find it and read what they are given. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Client } from '../client/client.ts';
import { connectionFromKubeconfig, createClient } from '../client/connect.ts';
import { httpTransport } from '../client/http.ts';
import { type Configuration, parseConfiguration, readConfiguration } from '../scheduler/config/configuration.ts';
import { ConfigError } from '../scheduler/config/error.ts';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { type Random, systemRandom } from '../types/part/random.ts';
import { Failure } from './failure.ts';

export interface ClusterOptions {
  /** Wins over `dataDir`. */
  kubeconfig?: string;
  /** Of an instance of `kumulus up`. */
  dataDir: string;
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Calls `ask` with a client for the cluster; whatever goes wrong is one sentence. */
export async function withCluster<T>(options: ClusterOptions, ask: (client: Client) => Promise<T>): Promise<T> {
  const file = options.kubeconfig ?? join(resolve(options.dataDir), 'kubeconfig');
  const connection = await connectionFromKubeconfig(file).catch((error: unknown) => {
    throw new Failure(`${file} can't be read (${reasonOf(error)}); name a cluster with --kubeconfig FILE or --data-dir DIR`);
  });
  const client = createClient(httpTransport(connection), { clock: realClock, random: systemRandom(), log: silentLog });
  try {
    return await ask(client);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${connection.server}: ${reasonOf(error)}`);
  } finally {
    client.close();
  }
}

export async function readText(file: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8');
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    return text;
  } catch (error) {
    throw new Failure(`${file} can't be read: ${reasonOf(error)}`);
  }
}

/** Of no file: kube-scheduler's defaults. */
export async function readSchedulerConfig(file: string | undefined, random: Random): Promise<Configuration> {
  if (file === undefined) return readConfiguration({}, random);
  try {
    return await parseConfiguration(await readText(file), random);
  } catch (error) {
    throw error instanceof ConfigError ? new Failure(`${file}: ${error.message}`, 2) : error;
  }
}
