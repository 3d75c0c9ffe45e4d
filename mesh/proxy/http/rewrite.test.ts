import { expect, test } from 'vitest';
import type { RouteEntry } from '../../config/resource.ts';
import { editHeaders, editPath, originForm } from './rewrite.ts';

const under = (prefix: string): RouteEntry => ({ path: { prefix }, rule: 0 });

// The table of HTTPPathModifier.replacePrefixMatch in Gateway API, and some more.
test.each([
  ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
  ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
  ['/foo/', '/foo', '/xyz', '/xyz/'],
  ['/foo', '/foo', '/xyz', '/xyz'],
  ['/foo/bar', '/foo', '', '/bar'],
  ['/foo/', '/foo', '', '/'],
  ['/foo', '/foo', '', '/'],
  ['/foo/', '/foo', '/', '/'],
  ['/foo', '/foo', '/', '/'],
  ['/foo?a=/b', '/foo', '/xyz', '/xyz?a=/b'],
  ['/bar', '/', '/xyz', '/xyz/bar'],
])('%s under %s with %s becomes %s', (url, prefix, replacement, expected) => {
  expect(editPath(url, { prefix: replacement }, under(prefix))).toBe(expected);
});

test('a full path replaces all but the query', () => {
  expect(editPath('/a/b?c=d', { full: '/x' }, under('/'))).toBe('/x?c=d');
});

test('headers are set, added and removed by name, whatever its case', () => {
  const edits = {
    set: [['X-One', '1']],
    add: [
      ['x-two', 'b'],
      ['X-New', 'n'],
    ],
    remove: ['x-three'],
  } as never;
  expect(editHeaders(['x-one', '0', 'X-Two', 'a', 'X-Three', 't', 'x-four', 'f'], edits)).toEqual([
    'X-Two',
    'a, b',
    'x-four',
    'f',
    'X-One',
    '1',
    'X-New',
    'n',
  ]);
});

test.each([
  ['/a?b', '/a?b'],
  ['http://host:80/a', '/a'],
  ['http://host', '/'],
  ['http://host?q', '/?q'],
  ['*', '*'],
])('the target %s goes on as %s', (url, expected) => {
  expect(originForm(url)).toBe(expected);
});
