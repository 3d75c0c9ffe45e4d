import { afterEach, expect, test } from 'vitest';
import { createResponder, type Identity } from './responder.ts';

const responder = createResponder();
afterEach(() => responder.closeAll());

// A block that no cloud started by hand uses (docs/architecture.md, addresses).
const who = (pod: string, address: string): Identity => ({
  ...{ pod, address, namespace: 'default', container: 'app', image: 'web:v1' },
  ...{ node: 'm1', zone: 'eu-north-1a', region: 'eu-north-1' },
});

test('the same port on two addresses answers as two pods', async () => {
  await responder.open(38080, who('a', '127.250.0.1'));
  await responder.open(38080, who('b', '127.250.0.2'));
  const texts = await Promise.all(['127.250.0.1', '127.250.0.2'].map(async (ip) => (await fetch(`http://${ip}:38080/x?y=1`)).text()));
  expect(texts[0]).toContain('pod: a\n');
  expect(texts[0]).toContain('path: /x?y=1\n');
  expect(texts[1]).toContain('pod: b\n');
});

test('answers JSON to who asks for it, and takes a body', async () => {
  await responder.open(38080, who('a', '127.250.0.1'));
  const answer = await fetch('http://127.250.0.1:38080/cart', {
    method: 'POST',
    body: 'x'.repeat(100_000),
    headers: { accept: 'application/json' },
  });
  expect(await answer.json()).toMatchObject({ pod: 'a', image: 'web:v1', zone: 'eu-north-1a', method: 'POST', path: '/cart' });
});

test('a taken port is refused with the socket’s error, and others go on', async () => {
  await responder.open(38080, who('a', '127.250.0.1'));
  await expect(responder.open(38080, who('b', '127.250.0.1'))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(await (await fetch('http://127.250.0.1:38080/')).text()).toContain('pod: a\n');
});

test('a closed port refuses, and can be opened again at once', async () => {
  await responder.open(38080, who('a', '127.250.0.1'));
  await (await fetch('http://127.250.0.1:38080/')).text();
  responder.close('127.250.0.1', 38080);
  await expect(fetch('http://127.250.0.1:38080/')).rejects.toThrow();
  await responder.open(38080, who('c', '127.250.0.1'));
  expect(await (await fetch('http://127.250.0.1:38080/')).text()).toContain('pod: c\n');
});

test('over its limit it refuses, and leaves the rest of the process its file descriptors', async () => {
  const small = createResponder(1);
  await small.open(38081, who('a', '127.250.0.1'));
  await expect(small.open(38082, who('a', '127.250.0.1'))).rejects.toMatchObject({ code: 'EMFILE' });
  small.closeAll();
});
