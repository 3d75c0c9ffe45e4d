/** Reading a kubeconfig into a `Connection`. */
import { readFile } from 'node:fs/promises';
import type { Connection } from './connection.ts';

/**
 * The connection that a kubeconfig's context (default: its current one) describes. `@kubernetes/client-node` is loaded here and nowhere
 * else, since loading it takes half a second. Throws an Error whose message says what the file lacks.
 */
export async function connectionFromKubeconfig(file: string, context?: string): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(file);
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (!cluster) throw new Error(`${file}: there is no context ${JSON.stringify(context ?? config.getCurrentContext())} with a cluster`);
  const connection: Connection = { server: cluster.server };
  const ca = await pem(cluster.caData, cluster.caFile);
  const cert = await pem(user?.certData, user?.certFile);
  const key = await pem(user?.keyData, user?.keyFile);
  if (ca) connection.ca = ca;
  if (cert) connection.cert = cert;
  if (key) connection.key = key;
  if (user?.token) connection.token = user.token;
  if (cluster.skipTLSVerify) connection.insecure = true;
  return connection;
}

async function pem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? await readFile(file, 'utf8') : undefined;
}
