import { expect, test } from 'vitest';
import { parseRequestInfo } from './request-info.ts';

const cases: [string, string, object][] = [
  ['GET', '/api/v1/pods', { verb: 'list', resource: 'pods', namespace: '' }],
  ['GET', '/api/v1/namespaces/a/pods', { verb: 'list', resource: 'pods', namespace: 'a' }],
  ['GET', '/api/v1/namespaces/a/pods/b', { verb: 'get', resource: 'pods', namespace: 'a', name: 'b' }],
  ['GET', '/api/v1/namespaces/a/pods?watch=1', { verb: 'watch', resource: 'pods', namespace: 'a' }],
  ['GET', '/api/v1/watch/pods', { verb: 'watch', resource: 'pods' }],
  ['GET', '/api/v1/namespaces/a', { verb: 'get', resource: 'namespaces', name: 'a', namespace: 'a' }],
  ['PUT', '/api/v1/namespaces/a/finalize', { verb: 'update', resource: 'namespaces', name: 'a', subresource: 'finalize' }],
  ['POST', '/api/v1/namespaces/a/pods/b/binding', { verb: 'create', resource: 'pods', name: 'b', subresource: 'binding' }],
  ['DELETE', '/apis/apps/v1/namespaces/a/deployments', { verb: 'deletecollection', group: 'apps', resource: 'deployments' }],
  ['GET', '/api/v1/nodes/n/proxy/x/y', { verb: 'get', resource: 'nodes', subresource: 'proxy', rest: ['x', 'y'] }],
  ['GET', '/apis/apps/v1', { verb: 'get', isResource: false }],
  ['GET', '/healthz', { verb: 'get', isResource: false, path: '/healthz' }],
];

test.each(cases)('%s %s', (method, url, expected) => {
  expect(parseRequestInfo(method, url)).toMatchObject(expected);
});

test.each(['/api/v1//configmaps', '/api/v1/pods/a%2Fb', '/api/v1/nope/x/y/z'])('%s is no path of ours', (url) => {
  expect(() => parseRequestInfo('GET', url)).toThrow('the server could not find the requested resource');
});
