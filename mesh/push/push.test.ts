import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ResourceConfig } from '../config/resource.ts';
import { freePort, ProxyWorld, routes } from '../proxy/testing.ts';

let world: ProxyWorld;
beforeEach(async () => {
  world = await ProxyWorld.start();
});
afterEach(() => world.close());

async function get(port: number): Promise<string> {
  const [response] = (await once(http.get({ host: '127.0.0.1', port, agent: false }), 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const part of response.setEncoding('utf8')) body += part;
  return body;
}

const toSelf = [{ weight: 1, cluster: 'default/web:80' }];
const named = (name: string) => world.endpoint((_, response) => response.end(name));

test('a bad resource is refused with a reason, its last good version stays, and the rest of the push holds', async () => {
  const a = await named('a');
  const b = await named('b');
  const port = await world.service('web', [a.address], { rules: [{ backends: toSelf }] });
  const bad = routes('web', [{ backends: toSelf }], [{ path: { prefix: '/' }, rule: 7 }]);
  world.push.publish([bad, { type: 'cluster', name: 'default/web:80', endpoints: [b.address] }], []);
  await world.taken('cluster/default/web:80', 'routes/default/web:80');
  expect(world.push.progress('routes/default/web:80')).toMatchObject({ refused: 'an entry leads to rule 7, of 1', taken: 0, proxies: 1 });
  expect(await get(port)).toBe('b');
  world.push.publish([routes('web', [{ backends: toSelf }])], []);
  await world.taken('routes/default/web:80');
  expect(world.push.progress('routes/default/web:80')).toMatchObject({ taken: 1 });
  expect(world.push.progress('routes/default/web:80').refused).toBeUndefined();
});

test('equal values publish nothing, and a change sends only what changed', () => {
  const cluster = (endpoints: string[]): ResourceConfig => ({ type: 'cluster', name: 'default/x:80', endpoints });
  expect(world.push.publish([cluster(['127.0.0.1:1'])], []).set).toHaveLength(1);
  expect(world.push.publish([cluster(['127.0.0.1:1'])], [])).toEqual({ set: [], remove: [] });
  expect(world.push.publish([cluster(['127.0.0.1:2'])], ['cluster/unknown']).set.map(({ resource }) => resource)).toEqual([
    cluster(['127.0.0.1:2']),
  ]);
});

test('the proxy goes on without its controller, and a new one brings it up to date', async () => {
  const a = await named('a');
  const b = await named('b');
  const port = await world.service('web', [a.address], { rules: [{ backends: toSelf }] });
  const gone = await world.service('gone', [a.address]);
  await world.push.close();
  expect(await get(port)).toBe('a');
  const next = world.startPush();
  const listener: ResourceConfig = {
    type: 'listener',
    name: 'default/web',
    addresses: ['127.0.0.1'],
    ports: [{ port, cluster: 'default/web:80' }],
  };
  next.publish([{ type: 'cluster', name: 'default/web:80', endpoints: [b.address] }, listener], []);
  await next.listen(world.socket);
  await world.taken('cluster/default/web:80', 'listener/default/web');
  expect(await get(port)).toBe('b');
  await expect(get(gone)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('an address in use is reported and tried again; other listeners do not wait for it', async () => {
  const a = await named('a');
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as AddressInfo;
  const free = await freePort();
  const ports = [
    { port, cluster: 'default/web:80' },
    { port: free, cluster: 'default/web:80' },
  ];
  const cluster: ResourceConfig = { type: 'cluster', name: 'default/web:80', endpoints: [a.address] };
  world.push.publish([cluster, { type: 'listener', name: 'default/web', addresses: ['127.0.0.1', '192.0.2.1'], ports }], []);
  await world.taken('listener/default/web');
  expect(world.push.problems('default/web')).toEqual([
    `127.0.0.1:${port}: another program listens there`,
    `192.0.2.1:${port}: is no loopback address; the proxy listens on 127.0.0.0/8 and ::1 only`,
    `192.0.2.1:${free}: is no loopback address; the proxy listens on 127.0.0.0/8 and ::1 only`,
  ]);
  expect(await get(free)).toBe('a');
  blocker.close();
  while (world.push.problems('default/web').length > 2) await world.changed();
  expect(await get(port)).toBe('a');
});

test('two Services that claim one address: the first has it, and the second takes over when it goes', async () => {
  const [a, b] = await Promise.all([named('a'), named('b')]);
  const port = await world.service('first', [a.address]);
  const second: ResourceConfig = {
    type: 'listener',
    name: 'default/second',
    addresses: ['127.0.0.1'],
    ports: [{ port, cluster: 'default/second:80' }],
  };
  world.push.publish([{ type: 'cluster', name: 'default/second:80', endpoints: [b.address] }, second], []);
  await world.taken('listener/default/second');
  expect(world.push.problems('default/second')).toEqual([`127.0.0.1:${port}: Service default/first listens there`]);
  expect(await get(port)).toBe('a');
  world.push.publish([{ type: 'cluster', name: 'default/third:80', endpoints: [] }], ['listener/default/first']);
  await world.taken('cluster/default/third:80');
  expect(await get(port)).toBe('b');
});
