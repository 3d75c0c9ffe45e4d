import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionFromKubeconfig } from './kubeconfig.ts';

let dir: string;
let file: string;
const base64 = (text: string) => Buffer.from(text).toString('base64');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kumulus-kubeconfig-'));
  file = join(dir, 'config');
  await writeFile(join(dir, 'client.key'), 'KEY');
  await writeFile(
    file,
    JSON.stringify({
      'current-context': 'one',
      contexts: [
        { name: 'one', context: { cluster: 'here', user: 'cert' } },
        { name: 'two', context: { cluster: 'there', user: 'token' } },
      ],
      clusters: [
        { name: 'here', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': base64('CA') } },
        { name: 'there', cluster: { server: 'https://127.0.0.2:6443', 'insecure-skip-tls-verify': true } },
      ],
      users: [
        { name: 'cert', user: { 'client-certificate-data': base64('CERT'), 'client-key': join(dir, 'client.key') } },
        { name: 'token', user: { token: 'secret' } },
      ],
    }),
  );
});

afterAll(() => rm(dir, { recursive: true }));

test('the current context, with data and files', async () => {
  expect(await connectionFromKubeconfig(file)).toEqual({ server: 'https://127.0.0.1:6443', ca: 'CA', cert: 'CERT', key: 'KEY' });
});

test('a context by its name', async () => {
  expect(await connectionFromKubeconfig(file, 'two')).toEqual({ server: 'https://127.0.0.2:6443', token: 'secret', insecure: true });
});

test('a context that is not there is said to be missing', async () => {
  await expect(connectionFromKubeconfig(file, 'three')).rejects.toThrow('there is no context "three"');
});
