import { describe, expect, test } from 'vitest';
import type { Kind, Schema } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { applyPatch, type PatchType } from './apply-patch.ts';

const byKey = (key: string, properties: Record<string, Schema> = {}, strategy = 'merge'): Schema => ({
  type: 'array',
  'x-kubernetes-patch-strategy': strategy,
  'x-kubernetes-patch-merge-key': key,
  items: { type: 'object', properties },
});
const schema: Schema = {
  type: 'object',
  properties: {
    containers: byKey('name', { ports: byKey('containerPort'), args: { type: 'array' } }),
    volumes: byKey('name', {}, 'merge,retainKeys'),
    strategy: { type: 'object', 'x-kubernetes-patch-strategy': 'retainKeys' },
    finalizers: { type: 'array', 'x-kubernetes-patch-strategy': 'merge', items: { type: 'string' } },
    selector: { type: 'object', 'x-kubernetes-patch-strategy': 'replace' },
    plain: { type: 'array' },
  },
};
const kind = { schema } as Kind;
const patched = (type: PatchType, current: object, patch: unknown) => applyPatch(type, current as AnyObject, patch, kind);
const GENERIC = 'the server rejected our request due to an error in our request';

describe('RFC 6902', () => {
  const current = { a: { b: 1, 'x/y': 2 }, list: ['1', '2'] };
  test.each<[operations: object[], result: object]>([
    [[{ op: 'add', path: '/a/c', value: 3 }], { ...current, a: { ...current.a, c: 3 } }],
    [[{ op: 'replace', path: '/a/x~1y', value: 3 }], { ...current, a: { b: 1, 'x/y': 3 } }],
    [[{ op: 'replace', path: '/a/new', value: 3 }], { ...current, a: { ...current.a, new: 3 } }],
    [[{ op: 'remove', path: '/a' }], { list: ['1', '2'] }],
    [
      [
        { op: 'add', path: '/list/1', value: 'mid' },
        { op: 'add', path: '/list/-', value: 'end' },
      ],
      { ...current, list: ['1', 'mid', '2', 'end'] },
    ],
    [[{ op: 'replace', path: '/list/-1', value: 'last' }], { ...current, list: ['1', 'last'] }],
    [[{ op: 'move', from: '/a/b', path: '/c' }], { a: { 'x/y': 2 }, list: ['1', '2'], c: 1 }],
    [[{ op: 'copy', from: '/list', path: '/c' }], { ...current, c: ['1', '2'] }],
    [[{ op: 'test', path: '/a/none', value: null }], current],
    [[{ op: 'replace', path: '', value: { z: 1 } }], { z: 1 }],
  ])('%j', (operations, result) => {
    expect(patched('json', current, operations)).toEqual(result);
  });

  test.each<[unknown, string]>([
    [[{ op: 'test', path: '/a/b', value: 2 }], GENERIC],
    [[{ op: 'remove', path: '/a/none' }], GENERIC],
    [[{ op: 'add', path: '/none/x', value: 1 }], GENERIC],
    [[{ op: 'remove', path: '/list/9' }], GENERIC],
    [[{ op: 'add', path: '/list/7', value: 1 }], GENERIC],
    [[{ op: 'add', path: '/list/x', value: 1 }], GENERIC],
    [[{ op: 'smash', path: '/a' }], GENERIC],
    [[{ op: 'add' }], GENERIC],
    [{}, 'json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
    [Array(10_001).fill({ op: 'test', path: '' }), 'The allowed maximum operations in a JSON patch is 10000, got 10001'],
  ])('refuses %#', (patch, message) => {
    expect(() => patched('json', current, patch)).toThrow(message);
  });

  test('does not let a patch copy itself into the gigabytes', () => {
    const double = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
    expect(() => patched('json', { a: ['x'.repeat(1000)] }, double)).toThrow(GENERIC);
  });
});

describe('RFC 7386', () => {
  test.each<[current: object, patch: object, result: object]>([
    [{ a: { b: 1, c: 2 } }, { a: { b: null, d: 4 } }, { a: { c: 2, d: 4 } }],
    [{ a: [1] }, { a: [2, 3] }, { a: [2, 3] }],
    [{}, { a: { b: null, c: { d: null } } }, { a: { c: {} } }],
    [{ a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
    [{ a: { b: 1 } }, { a: null }, {}],
  ])('%j with %j', (current, patch, result) => {
    expect(patched('merge', current, patch)).toEqual(result);
  });

  test.each<[unknown, string]>([
    [null, 'Invalid JSON Patch'],
    [[], 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['x', 'error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}'],
  ])('refuses %j', (patch, message) => {
    expect(() => patched('merge', {}, patch)).toThrow(message);
  });
});

describe('strategic', () => {
  const a = { name: 'a', image: '1' };
  const b = { name: 'b', image: '2' };
  test.each<[what: string, current: object, patch: object, result: object]>([
    ['merges by key', { containers: [a, b] }, { containers: [{ name: 'b', image: '3' }] }, { containers: [a, { name: 'b', image: '3' }] }],
    ['puts new ones first', { containers: [a, b] }, { containers: [{ name: 'c' }] }, { containers: [{ name: 'c' }, a, b] }],
    ['deletes one', { containers: [a, b] }, { containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [b] }],
    [
      'deletes one and adds one',
      { containers: [a, b] },
      { containers: [{ name: 'a', $patch: 'delete' }, { name: 'z' }] },
      { containers: [{ name: 'z' }, b] },
    ],
    ['replaces a list', { containers: [a, b] }, { containers: [{ name: 'x' }, { $patch: 'replace' }] }, { containers: [{ name: 'x' }] }],
    ['replaces a map', { strategy: { a: 1 } }, { strategy: { $patch: 'replace', b: 2 } }, { strategy: { b: 2 } }],
    ['empties a map', { strategy: { a: 1 } }, { strategy: { $patch: 'delete' } }, { strategy: {} }],
    ['orders', { containers: [a, b] }, { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }, { containers: [b, a] }],
    [
      'orders with an addition',
      { containers: [a, b] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'n' }, { name: 'a' }], containers: [{ name: 'n' }] },
      { containers: [b, { name: 'n' }, a] },
    ],
    [
      'retains keys',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
      { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
    ],
    [
      'retains keys of a map',
      { strategy: { type: 'a', x: {} } },
      { strategy: { $retainKeys: ['type'], type: 'b' } },
      { strategy: { type: 'b' } },
    ],
    ['merges primitives', { finalizers: ['a', 'b'] }, { finalizers: ['c', 'a'] }, { finalizers: ['c', 'a', 'b'] }],
    ['deletes primitives', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    [
      'deletes, adds and orders primitives as kubectl does',
      { finalizers: ['a', 'b'] },
      { '$deleteFromPrimitiveList/finalizers': ['a'], '$setElementOrder/finalizers': ['c', 'b'], finalizers: ['c'] },
      { finalizers: ['c', 'b'] },
    ],
    ['replaces lists without strategy', { plain: [1, 2] }, { plain: [3] }, { plain: [3] }],
    ['replaces maps that say so', { selector: { a: 1 } }, { selector: { b: 2 } }, { selector: { b: 2 } }],
    ['null deletes', { containers: [a], plain: [1] }, { plain: null, none: { x: null } }, { containers: [a], none: {} }],
    [
      'goes into lists',
      { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 81 }] }] },
      { containers: [{ name: 'a', ports: [{ containerPort: 81, name: 'x' }] }] },
      { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 81, name: 'x' }] }] },
    ],
  ])('%s', (_, current, patch, result) => {
    const before = JSON.stringify([current, patch]);
    expect(patched('strategic', current, patch)).toEqual(result);
    expect(JSON.stringify([current, patch])).toBe(before);
  });

  test.each<[patch: object, message: string]>([
    [{ containers: [{ image: 'x' }] }, 'map: map[image:x] does not contain declared merge key: name'],
    [{ containers: [{ name: 'a', $patch: 'smash' }] }, 'unknown patch type: smash in map: map[$patch:smash name:a]'],
    [
      { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'q', image: 'q' }] },
      "The order in patch list:\n[map[image:q name:q]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ],
    [{ strategy: { $retainKeys: 'x' } }, 'invalid patch format of $retainKeys'],
  ])('refuses %j', (patch, message) => {
    expect(() => patched('strategic', { containers: [a], strategy: {} }, patch)).toThrow(message);
  });
});

test.each<PatchType>(['merge', 'strategic'])('%s: __proto__ is a member like any other', (type) => {
  const result = patched(type, {}, JSON.parse('{"a": {"__proto__": {"polluted": true}}}'));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect((result.a as Record<string, unknown>).polluted).toBeUndefined();
  expect(JSON.stringify(result)).toBe('{"a":{"__proto__":{"polluted":true}}}');
});
