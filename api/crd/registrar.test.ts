import { request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import { startTestApi, type TestApi } from '../testing.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

interface Reply {
  status: number;
  body: AnyObject & { message?: string; items?: AnyObject[] };
  warning: string;
}

function call(method: string, path: string, body?: object, type = 'application/json'): Promise<Reply> {
  const { ca, token } = api.tokenConnection;
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  return new Promise((resolve, reject) => {
    const req = request(new URL(path, api.url), { method, ca, headers, agent: false }, (res) => {
      let text = '';
      res.on('data', (chunk) => {
        text += chunk;
      });
      res.on('end', () => {
        const json = res.headers['content-type']?.startsWith('application/json');
        resolve({
          status: res.statusCode ?? 0,
          body: json ? JSON.parse(text) : { message: text },
          warning: String(res.headers.warning ?? ''),
        });
      });
    });
    req.on('error', reject);
    req.end(body && JSON.stringify(body));
  });
}

async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await realClock.sleep(5);
  }
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = (plural: string, kind: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural, kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 }, color: { type: 'string', default: 'red' } } },
              status: { type: 'object', properties: { ready: { type: 'boolean' } } },
            },
          },
        },
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: {
          openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
        },
      },
    ],
  },
});
const at = (plural: string, version = 'v1') => `/apis/example.com/${version}/namespaces/default/${plural}`;

async function define(plural: string, kind: string): Promise<void> {
  expect((await call('POST', CRDS, definition(plural, kind))).status).toBe(201);
  await until(
    () => call('GET', at(plural)),
    (reply) => reply.status === 200,
  );
}

test('a kind from its birth to its end', async () => {
  await define('widgets', 'Widget');
  const created = await call('POST', at('widgets'), { metadata: { name: 'w' }, spec: { size: 2, zz: 1 }, status: { ready: true } });
  expect(created).toMatchObject({ status: 201, body: { metadata: { generation: 1 }, spec: { size: 2, color: 'red' } } });
  expect(created.body.status).toBeUndefined();
  expect(created.warning).toContain('unknown field \\"spec.zz\\"');

  const wrong = await call('PATCH', `${at('widgets')}/w`, { spec: { size: 0 } }, 'application/merge-patch+json');
  expect(wrong).toMatchObject({ status: 422, body: { details: { causes: [{ field: 'spec.size' }] } } });
  const status = await call(
    'PATCH',
    `${at('widgets')}/w/status`,
    { status: { ready: true }, spec: { size: 9 } },
    'application/merge-patch+json',
  );
  expect(status.body).toMatchObject({ spec: { size: 2 }, status: { ready: true }, metadata: { generation: 1 } });

  const older = await call('GET', `${at('widgets', 'v1beta1')}/w`);
  expect(older).toMatchObject({ body: { apiVersion: 'example.com/v1beta1', spec: { size: 2 } } });
  expect(older.warning).toContain('example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget');
  const byOlder = await call('POST', at('widgets', 'v1beta1'), { metadata: { name: 'x' }, spec: { size: 1, more: true } });
  expect(byOlder.body.spec).toEqual({ size: 1 });

  const deleted = await call('DELETE', `${CRDS}/widgets.example.com`);
  expect(deleted.body.metadata?.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  await until(
    () => call('GET', `${CRDS}/widgets.example.com`),
    (reply) => reply.status === 404,
  );
  expect((await call('GET', at('widgets'))).status).toBe(404);

  await define('widgets', 'Widget');
  expect((await call('GET', at('widgets'))).body.items).toEqual([]);
});

test('a definition waits for objects with finalizers', async () => {
  await define('gears', 'Gear');
  await call('POST', at('gears'), { metadata: { name: 'g', finalizers: ['example.com/hold'] } });
  await call('DELETE', `${CRDS}/gears.example.com`);
  await until(
    () => call('GET', `${at('gears')}/g`),
    ({ body }) => body.metadata?.deletionTimestamp !== undefined,
  );
  expect((await call('GET', `${CRDS}/gears.example.com`)).body).toMatchObject({
    status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'Terminating', status: 'True' })]) },
  });
  await call('PATCH', `${at('gears')}/g`, { metadata: { finalizers: null } }, 'application/merge-patch+json');
  await until(
    () => call('GET', `${CRDS}/gears.example.com`),
    (reply) => reply.status === 404,
  );
});

test('names that another has are refused, until they are free', async () => {
  await define('cogs', 'Cog');
  const rival = definition('teeth', 'Cog');
  await call('POST', CRDS, rival);
  const refused = await until(
    () => call('GET', `${CRDS}/teeth.example.com`),
    ({ body }) => JSON.stringify(body).includes('NotAccepted'),
  );
  expect(JSON.stringify(refused.body.status)).toContain('already in use');
  await call('DELETE', `${CRDS}/cogs.example.com`);
  await until(
    () => call('GET', at('teeth')),
    (reply) => reply.status === 200,
  );
});
