import { dirname } from 'node:path';
import { makePrivateDir, writePrivate } from './files.ts';
import type { KeyPair } from './pki.ts';

export interface KubeconfigOptions {
  /** `https://127.0.0.1:6443` */
  server: string;
  /** The CA's certificate in PEM. */
  ca: string;
  /** With the certificate and key inside, so that the file can be carried elsewhere. */
  client: Pick<KeyPair, 'cert' | 'key'>;
  user: string;
  /** Default `kumulus`; also the context's name. */
  cluster?: string;
}

/** The text of a kubeconfig with one cluster, one user and one context. */
export function kubeconfig({ server, ca, client, user, cluster = 'kumulus' }: KubeconfigOptions): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const quoted = (text: string) => JSON.stringify(text);
  return `apiVersion: v1
kind: Config
clusters:
- name: ${quoted(cluster)}
  cluster:
    server: ${quoted(server)}
    certificate-authority-data: ${base64(ca)}
users:
- name: ${quoted(user)}
  user:
    client-certificate-data: ${base64(client.cert)}
    client-key-data: ${base64(client.key)}
contexts:
- name: ${quoted(cluster)}
  context:
    cluster: ${quoted(cluster)}
    user: ${quoted(user)}
current-context: ${quoted(cluster)}
`;
}

/** Writes it whole, mode 0600, making the directory where there is none. Throws `PkiError`. */
export function writeKubeconfig(file: string, options: KubeconfigOptions): void {
  makePrivateDir(dirname(file));
  writePrivate(file, kubeconfig(options));
}
