import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProxyWorld } from './testing.ts';

let world: ProxyWorld;
const servers: Server[] = [];
beforeEach(async () => {
  world = await ProxyWorld.start();
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await world.close();
});

async function listen(serve: (socket: Socket) => void): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends `text`, ends, and resolves with all that comes back. */
async function exchange(port: number, text: string, from = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true });
  socket.end(text);
  let got = '';
  for await (const part of socket.setEncoding('utf8')) got += part;
  return got;
}

test('bytes pass both ways, and a side that has ended still gets the answer', async () => {
  const backwards = await listen(async (socket) => {
    let got = '';
    for await (const part of socket.setEncoding('utf8')) got += part;
    socket.end(got.toUpperCase());
  });
  const port = await world.service('tcp', [backwards]);
  expect(await exchange(port, 'hello')).toBe('HELLO');
  expect((await exchange(port, 'x'.repeat(3_000_000))).length).toBe(3_000_000);
});

test('an endpoint that refuses is passed over, and avoided afterwards', async () => {
  const good = await listen((socket) => socket.end('good'));
  const port = await world.service('tcp', ['127.0.0.1:1', good]);
  for (let i = 0; i < 20; i++) expect(await exchange(port, '')).toBe('good');
  const stats = Object.values(await world.push.stats())[0]?.clusters['default/tcp:80'];
  expect(stats).toMatchObject({ requests: 20, failures: 0 });
  expect(stats?.retries).toBeLessThan(20);
});

test('with no endpoint a connection is reset', async () => {
  const port = await world.service('tcp', []);
  const socket = connect(port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

test('a connection outlives its endpoint in the configuration', async () => {
  const echo = await listen((socket) => void socket.pipe(socket));
  const port = await world.service('tcp', [echo]);
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write('a');
  expect(await once(socket, 'data')).toEqual(['a']);
  world.push.publish([{ type: 'cluster', name: 'default/tcp:80', endpoints: [] }], []);
  await world.taken('cluster/default/tcp:80');
  socket.write('b');
  expect(await once(socket, 'data')).toEqual(['b']);
  socket.destroy();
});

test('a client address stays with its endpoint when the Service asks for it', async () => {
  const endpoints = await Promise.all(['a', 'b', 'c', 'd'].map((name) => listen((socket) => socket.end(name))));
  const port = await world.service('tcp', endpoints);
  world.push.publish([{ type: 'cluster', name: 'default/tcp:80', endpoints, affinitySeconds: 60 }], []);
  await world.taken('cluster/default/tcp:80');
  const answers = new Map<string, Set<string>>();
  for (let client = 1; client <= 12; client++) {
    const from = `127.0.1.${client}`;
    answers.set(from, new Set());
    for (let i = 0; i < 5; i++) answers.get(from)?.add(await exchange(port, '', from));
  }
  expect([...answers.values()].every((seen) => seen.size === 1)).toBe(true);
  expect(new Set([...answers.values()].flatMap((seen) => [...seen])).size).toBeGreaterThan(1);
});
