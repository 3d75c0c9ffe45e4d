import { once } from 'node:events';
import http, { Agent, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ListenerConfig } from '../config/resource.ts';
import { ProxyWorld, routes } from './testing.ts';

let world: ProxyWorld;
let agent: Agent;
beforeEach(async () => {
  agent = new Agent({ keepAlive: true });
  world = await ProxyWorld.start();
});
afterEach(async () => {
  agent.destroy();
  await world.close();
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

async function call(port: number, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  const request = http.request({ host: '127.0.0.1', port, agent, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode as number, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

/** Writes raw bytes and reads until the connection ends. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text, 'latin1');
  let got = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    got += part;
  });
  await once(socket, 'close');
  return got;
}

const named = (name: string) => world.endpoint((_, response) => response.end(name));

test('weights are kept exactly over a round, and a header match goes its own way', async () => {
  const [v1, v2] = await Promise.all([named('v1'), named('v2')]);
  await world.service('v1', [v1.address]);
  await world.service('v2', [v2.address]);
  const port = await world.service('web', [], {
    entries: [
      { path: { prefix: '/' }, headers: [['x-canary', 'true']], rule: 1 },
      { path: { prefix: '/' }, rule: 0 },
    ],
    rules: [
      {
        backends: [
          { weight: 90, cluster: 'default/v1:80' },
          { weight: 10, cluster: 'default/v2:80' },
        ],
      },
      { backends: [{ weight: 1, cluster: 'default/v2:80' }] },
    ],
  });
  const bodies = await Promise.all(Array.from({ length: 200 }, async () => (await call(port)).body));
  expect(bodies.filter((body) => body === 'v2')).toHaveLength(20);
  expect((await call(port, { headers: { 'X-Canary': 'true' } })).body).toBe('v2');
});

test('a new table holds for the next request on an open connection', async () => {
  const [a, b] = await Promise.all([named('a'), named('b')]);
  await world.service('a', [a.address]);
  await world.service('b', [b.address]);
  const port = await world.service('web', [], { rules: [{ backends: [{ weight: 1, cluster: 'default/a:80' }] }] });
  const one = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await call(port, { agent: one })).body).toBe('a');
  world.push.publish([routes('web', [{ backends: [{ weight: 1, cluster: 'default/b:80' }] }])], []);
  await world.taken('routes/default/web:80');
  expect((await call(port, { agent: one })).body).toBe('b');
  one.destroy();
});

test('bodies stream both ways before either side has ended', async () => {
  const echo = await world.endpoint((request, response) => void request.pipe(response));
  const port = await world.service('echo', [echo.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/echo:80' }] }] });
  const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent });
  request.write('ping');
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const parts = response.setEncoding('utf8')[Symbol.asyncIterator]();
  expect((await parts.next()).value).toBe('ping');
  request.end('pong');
  expect((await parts.next()).value).toBe('pong');
  expect((await parts.next()).done).toBe(true);
});

test('large bodies pass whole, with a length and in chunks', async () => {
  const echo = await world.endpoint((request, response) => void request.pipe(response));
  const port = await world.service('echo', [echo.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/echo:80' }] }] });
  const body = Buffer.alloc(5_000_000, 'abcdefghij');
  const sized = await call(port, { method: 'PUT', headers: { 'content-length': body.length } }, body);
  expect(sized.body.length).toBe(body.length);
  const chunked = await call(port, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } }, body);
  expect(chunked.body === body.toString()).toBe(true);
});

test('the endpoint sees the client, and none of the headers of its connection', async () => {
  const seen: http.IncomingHttpHeaders[] = [];
  const server = await world.endpoint((request, response) => {
    seen.push(request.headers);
    response.writeHead(200, { 'x-private': 'p', connection: 'keep-alive, x-private', 'x-kept': 'k' });
    response.end();
  });
  const port = await world.service('web', [server.address], {
    rules: [
      {
        backends: [{ weight: 1, cluster: 'default/web:80' }],
        requestHeaders: { set: [['x-set', '1']], add: [['x-had', 'b']], remove: ['x-gone'] },
        responseHeaders: { set: [['x-answer', 'yes']], add: [], remove: [] },
      },
    ],
  });
  const headers = { 'x-had': 'a', 'x-gone': 'g', 'x-forwarded-for': '10.0.0.9', connection: 'close, x-secret', 'x-secret': 's' };
  const answer = await call(port, { headers, agent: false });
  expect(seen[0]).toMatchObject({ 'x-set': '1', 'x-had': 'a, b', 'x-forwarded-for': '10.0.0.9, 127.0.0.1', 'x-forwarded-proto': 'http' });
  expect(seen[0]).not.toHaveProperty('x-gone');
  expect(seen[0]).not.toHaveProperty('x-secret');
  expect(seen[0]?.host).toBe(`127.0.0.1:${port}`);
  expect(answer.headers).toMatchObject({ 'x-kept': 'k', 'x-answer': 'yes' });
  expect(answer.headers).not.toHaveProperty('x-private');
});

test('paths are rewritten, and redirects answered by the proxy', async () => {
  const server = await world.endpoint((request, response) => response.end(`${request.headers.host}${request.url}`));
  await world.service('app', [server.address]);
  const to = [{ weight: 1, cluster: 'default/app:80' }];
  const port = await world.service('web', [], {
    entries: [
      { path: { exact: '/full' }, rule: 1 },
      { path: { prefix: '/old' }, rule: 2 },
      { path: { prefix: '/api' }, rule: 0 },
    ],
    rules: [
      { backends: to, rewrite: { hostname: 'app.local', path: { prefix: '/v1' } } },
      { backends: to, rewrite: { path: { full: '/other' } } },
      { backends: [], redirect: { status: 301, scheme: 'https', path: { prefix: '/new' } } },
    ],
  });
  expect((await call(port, { path: '/api/x?q=1' })).body).toBe('app.local/v1/x?q=1');
  expect((await call(port, { path: '/full?q=1' })).body).toBe(`127.0.0.1:${port}/other?q=1`);
  const moved = await call(port, { path: '/old/page?q=1' });
  expect([moved.status, moved.headers.location]).toEqual([301, 'https://127.0.0.1/new/page?q=1']);
  expect((await call(port, { path: '/apis' })).status).toBe(404);
});

test('each failure has its status, a reason in a header, and a sentence', async () => {
  const silent = await world.endpoint(() => {});
  const rude = await world.endpoint((request) => request.socket.end('what?\r\n\r\n'));
  await world.service('silent', [silent.address]);
  await world.service('rude', [rude.address]);
  await world.service('closed', ['127.0.0.1:1']);
  await world.service('empty', []);
  const to = (name: string) => [{ weight: 1, cluster: `default/${name}:80` }];
  const names = ['silent', 'rude', 'closed', 'empty'];
  const port = await world.service('web', [], {
    entries: [...names, 'broken', 'none'].map((name, rule) => ({ path: { prefix: `/${name}` }, rule })),
    rules: [
      ...names.map((name) => ({ backends: to(name), backendTimeout: 50 })),
      { backends: [{ weight: 1, why: 'no such Service' }] },
      {},
    ],
  });
  const get = async (path: string) => {
    const { status, headers, body } = await call(port, { path });
    return [status, headers['x-kumulus-mesh'], body];
  };
  expect(await get('/silent')).toEqual([504, 'Timeout', 'no answer within 50 ms\n']);
  expect(await get('/rude')).toEqual([502, 'BadGateway', `endpoint ${rude.address}: the endpoint does not answer in HTTP/1.1\n`]);
  expect(await get('/closed')).toEqual([503, 'NoConnection', 'no endpoint of Service default/closed:80 could be reached\n']);
  expect(await get('/empty')).toEqual([503, 'NoEndpoint', 'no endpoint of Service default/empty:80 is ready\n']);
  expect(await get('/broken')).toEqual([500, 'BadRoute', 'rule default/r/4 can not be carried out: no such Service\n']);
  expect((await get('/none'))[0]).toBe(500);
  expect((await get('/else'))[0]).toBe(404);
});

test('an endpoint that dies under load fails no idempotent request', async () => {
  const servers = await Promise.all(['a', 'b', 'c'].map(named));
  const port = await world.service(
    'web',
    servers.map(({ address }) => address),
    { rules: [{ backends: [{ weight: 1, cluster: 'default/web:80' }] }] },
  );
  let done = 0;
  const client = async () => {
    for (let i = 0; i < 150; i++) {
      const { status } = await call(port);
      expect(status).toBe(200);
      done += 1;
      if (done === 500) {
        servers[0]?.server.close();
        servers[0]?.server.closeAllConnections();
      }
    }
  };
  await Promise.all(Array.from({ length: 10 }, client));
  expect(done).toBe(1500);
});

test('what is under way on an endpoint that leaves the configuration is finished', async () => {
  const held = Promise.withResolvers<http.ServerResponse>();
  const slow = await world.endpoint((_, response) => held.resolve(response));
  const port = await world.service('web', [slow.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/web:80' }] }] });
  const answer = call(port);
  const response = await held.promise;
  world.push.publish([{ type: 'cluster', name: 'default/web:80', endpoints: [] }], []);
  await world.taken('cluster/default/web:80');
  expect((await call(port)).status).toBe(503);
  response.end('late but whole');
  expect((await answer).body).toBe('late but whole');
});

test('a client that leaves takes the request to the endpoint with it', async () => {
  const arrived = Promise.withResolvers<http.IncomingMessage>();
  const server = await world.endpoint((request) => arrived.resolve(request));
  const port = await world.service('web', [server.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/web:80' }] }] });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const request = await arrived.promise;
  const gone = once(request.socket, 'close');
  socket.destroy();
  await gone;
});

test('a WebSocket upgrade becomes a tunnel; a refused one is an ordinary answer', async () => {
  const server = await world.endpoint((_, response) => response.writeHead(426).end('no'));
  server.server.on('upgrade', (request, socket: Socket) => {
    if (request.url === '/refused') return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhi ');
    socket.pipe(socket);
  });
  const port = await world.service('web', [server.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/web:80' }] }] });
  const head = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n`;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let got = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    got += part;
    if (got.endsWith('hi ')) socket.end('there');
  });
  socket.write(head('/'));
  await once(socket, 'close');
  expect(got).toBe('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhi there');
  expect(await raw(port, head('/refused'))).toBe('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno');
});

test('requests that could be read in two ways are refused, and reach no endpoint', async () => {
  let reached = 0;
  const server = await world.endpoint((_, response) => {
    reached += 1;
    response.end();
  });
  const port = await world.service('web', [server.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/web:80' }] }] });
  const lines = (...headers: string[]) => `POST / HTTP/1.1\r\nhost: x\r\n${headers.join('\r\n')}\r\n\r\n0\r\n\r\n`;
  const cases = [
    lines('content-length: 5', 'transfer-encoding: chunked'),
    lines('content-length: 5', 'content-length: 6'),
    lines('transfer-encoding: gzip'),
    lines('transfer-encoding : chunked'),
    lines('x: a\nb: c'),
    lines('content-length: +5'),
    `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
  ];
  for (const text of cases) expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 4(00|31) /);
  expect(reached).toBe(0);
});

test('HEAD, 204 and 304 carry no body, and their connections go on', async () => {
  const server = await world.endpoint((request, response) => {
    response.writeHead(Number(request.url?.slice(1)) || 200, request.method === 'HEAD' ? { 'content-length': 5 } : {});
    response.end();
  });
  const port = await world.service('web', [server.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/web:80' }] }] });
  expect((await call(port, { method: 'HEAD' })).headers['content-length']).toBe('5');
  expect((await call(port, { path: '/204' })).status).toBe(204);
  expect((await call(port, { path: '/304' })).status).toBe(304);
  expect((await call(port)).status).toBe(200);
});

test('older and odder clients are served: HTTP/1.0, pipelining, absolute form, Expect, an offer of HTTP/2', async () => {
  const server = await world.endpoint((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => response.end(`${request.method} ${request.url} ${body}|`));
  });
  const port = await world.service('web', [server.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/web:80' }] }] });
  expect(await raw(port, 'GET /old HTTP/1.0\r\n\r\n')).toMatch(/GET \/old \|$/);
  const two = 'GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET http://x/2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
  expect(await raw(port, two)).toMatch(/GET \/1 \|[^|]*GET \/2 \|$/s);
  const expecting = 'POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi';
  expect(await raw(port, expecting)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK.*POST \/ hi\|$/s);
  const offer =
    'GET /h2 HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n';
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.write(offer);
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 OK/);
  socket.destroy();
});

test('a route that attaches to a port in HTTP mode, and one that goes, hold for the next request on an open connection', async () => {
  const [own, other] = await Promise.all([named('own'), named('other')]);
  await world.service('other', [other.address]);
  const port = await world.service('web', [own.address], { rules: [{ backends: [{ weight: 1, cluster: 'default/other:80' }] }] });
  const one = new Agent({ keepAlive: true, maxSockets: 1 });
  const name = 'default/web';
  const listener = (routed: { routes?: string }): ListenerConfig => ({
    type: 'listener',
    name,
    addresses: ['127.0.0.1'],
    ports: [{ port, cluster: `${name}:80`, http: true, ...routed }],
  });
  expect((await call(port, { agent: one })).body).toBe('other');
  world.push.publish([listener({})], [`routes/${name}:80`]);
  await world.taken(`listener/${name}`);
  expect((await call(port, { agent: one })).body).toBe('own');
  world.push.publish([listener({ routes: `${name}:80` }), routes('web', [{ backends: [{ weight: 1, cluster: 'default/other:80' }] }])], []);
  await world.taken(`listener/${name}`, `routes/${name}:80`);
  expect((await call(port, { agent: one })).body).toBe('other');
  one.destroy();
});
