import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BadRequest, serve } from './serve.ts';

let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  server = await serve(0, {
    'GET /echo': (query) => ({ said: query.get('say') }),
    'POST /body': async (_query, body) => body.length,
    'GET /wrong': () => {
      throw new BadRequest('which one?');
    },
    'GET /broken': () => {
      throw new Error('broken');
    },
  });
});
afterAll(() => server.close());

function ask(method: string, path: string, host = 'localhost', body = ''): Promise<[status: number | undefined, body: unknown]> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, method, path, headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve([response.statusCode, JSON.parse(text)]));
    });
    sent.on('error', reject).end(body);
  });
}

it.each<[string, string, string, [number, unknown]]>([
  ['GET', '/echo?say=a%20b', 'localhost:1', [200, { said: 'a b' }]],
  ['POST', '/body', '127.0.0.1', [200, 3]],
  ['GET', '/wrong', 'localhost', [400, { error: 'which one?' }]],
  ['GET', '/broken', 'localhost', [500, { error: 'broken' }]],
  ['DELETE', '/echo', 'localhost', [404, { error: 'there are GET /echo, POST /body, GET /wrong, GET /broken' }]],
  ['GET', '/echo', 'evil.example', [403, { error: 'ask for localhost' }]],
])('%s %s for %s', async (method, path, host, expected) => {
  expect(await ask(method, path, host, method === 'POST' ? 'abc' : '')).toEqual(expected);
});
