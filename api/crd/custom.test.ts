import { describe, expect, test } from 'vitest';
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { defaultCustom } from './defaults.ts';
import { compileJsonPath } from './json-path.ts';
import { pruneCustom } from './prune.ts';
import { compareVersions } from './to-kind.ts';
import { validateValue } from './validate-value.ts';

const spec = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties, ...more } },
});
const shown = (errors: FieldError[]) => errors.map(({ field, detail }) => [field, detail].filter(Boolean).join(': '));

describe('values', () => {
  test.each<[properties: Record<string, Schema>, value: object, faults: string[]]>([
    [{ a: { type: 'integer' } }, { a: 'x' }, ['spec.a: spec.a in body must be of type integer: "string"']],
    [
      { a: { type: 'integer' } },
      { a: 1.5 },
      [
        'spec.a: spec.a in body must be of type integer: "number"',
        '<nil>: Checked value must be of type integer (default format) in spec.a',
      ],
    ],
    [{ a: { type: 'number' } }, { a: 1 }, []],
    [{ a: { type: 'string', nullable: true } }, { a: null }, []],
    [{ a: { type: 'array', items: { type: 'string' } } }, { a: [null] }, ['spec.a[0]: spec.a[0] in body must be of type string: "null"']],
    [{ a: { type: 'integer', minimum: 1 } }, { a: 0 }, ['spec.a: spec.a in body should be greater than or equal to 1']],
    [{ a: { type: 'number', minimum: 0, exclusiveMinimum: true } }, { a: 0 }, ['spec.a: spec.a in body should be greater than 0']],
    [{ a: { type: 'integer', multipleOf: 3 } }, { a: 4 }, ['spec.a: spec.a in body should be a multiple of 3']],
    [{ a: { type: 'integer', format: 'int32' } }, { a: 3e9 }, ['<nil>: Checked value must be of type integer with format int32 in spec.a']],
    [{ a: { type: 'array', minItems: 1 } }, { a: [] }, ['spec.a: spec.a in body should have at least 1 items']],
    [{ a: { type: 'object', maxProperties: 1 } }, { a: { x: 1, y: 2 } }, ['spec.a: must have at most 1 items']],
    [{ a: { type: 'string', maxLength: 2 } }, { a: 'äöü' }, ['spec.a: may not be more than 2 bytes']],
    [{ a: { type: 'string', minLength: 3 } }, { a: '😀😀' }, ['spec.a: spec.a in body should be at least 3 chars long']],
    [{ a: { type: 'string', pattern: '^a+$' } }, { a: 'b' }, ["spec.a: spec.a in body should match '^a+$'"]],
    [{ a: { type: 'string', format: 'ipv4' } }, { a: 'b' }, ['spec.a: spec.a in body must be of type ipv4: "b"']],
    [{ a: { type: 'string', enum: ['x', 'y'] } }, { a: 'z' }, ['spec.a']],
    [{ a: { 'x-kubernetes-int-or-string': true } }, { a: '5%' }, []],
    [{ a: { 'x-kubernetes-int-or-string': true } }, { a: true }, ['spec.a: spec.a in body must be of type integer,string: "boolean"']],
  ])('%j with %j', (properties, value, faults) => {
    expect(shown(validateValue({ spec: value }, spec(properties)))).toEqual(faults);
  });

  test.each<[junctors: Schema, value: object, faults: string[]]>([
    [
      { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      {},
      ['<nil>: "spec" must validate one and only one schema (oneOf). Found none valid', 'spec.a'],
    ],
    [
      { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 1 },
      ['<nil>: "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [{ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, {}, ['<nil>: "spec" must validate at least one schema (anyOf)', 'spec.a']],
    [{ allOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1 }, ['spec.b', '<nil>: "spec" must validate all the schemas (allOf)']],
    [{ not: { required: ['a'] } }, { a: 1 }, ['<nil>: "spec" must not validate the schema (not)']],
  ])('%j with %j', (junctors, value, faults) => {
    expect(shown(validateValue({ spec: value }, spec({}, junctors)))).toEqual(faults);
  });

  test('alternatives are counted', () => {
    const oneOf = [{ required: ['a'] }, { required: ['b'] }, { required: ['c'] }];
    expect(shown(validateValue({ spec: { a: 1, b: 1, c: 1 } }, spec({}, { oneOf })))[0]).toContain('Found 3 valid alternatives');
  });

  test('a null is not looked at by junctors and lists of values', () => {
    const schema = spec({
      a: { type: 'string', nullable: true, enum: ['x'], not: { enum: ['y'] }, anyOf: [{ pattern: 'x' }, { enum: ['z'] }] },
    });
    expect(validateValue({ spec: { a: null } }, schema)).toEqual([]);
  });

  test('fields of any name', () => {
    const map: Schema = { type: 'object', additionalProperties: { type: 'integer' } };
    const faults = shown(
      validateValue({ spec: { m: { 'a/b~c': 'x', 0: 'x' } } }, spec({ m: map, constructor: { type: 'string' } } as never)),
    );
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['spec.m.0', 'spec.m.a/b~c']);
    expect(shown(validateValue({ spec: {} }, spec({}, { required: ['toString'] })))).toEqual(['spec.toString']);
  });

  test('many faults at once, in the order of Kubernetes', () => {
    const list: Schema = { type: 'array', minItems: 3, items: { type: 'string', maxLength: 1, pattern: '^b' } };
    const schema = spec({ l: list }, { required: ['z'], minProperties: 2, anyOf: [{ required: ['y'] }] });
    expect(shown(validateValue({ spec: { l: ['aa'] } }, schema))).toEqual([
      '<nil>: "spec" must validate at least one schema (anyOf)',
      'spec.y',
      'spec: spec in body should have at least 2 properties',
      'spec.z',
      'spec.l[0]: may not be more than 1 bytes',
      "spec.l[0]: spec.l[0] in body should match '^b'",
      'spec.l: spec.l in body should have at least 3 items',
    ]);
  });

  test('what was there already may stay', () => {
    const schema = spec({ a: { type: 'string', maxLength: 1 }, b: { type: 'string', maxLength: 1 } });
    const errors = validateValue({ spec: { a: 'long', b: 'long' } }, schema, { spec: { a: 'long', b: 'other' } });
    expect(shown(errors)).toEqual(['spec.b: may not be more than 1 bytes']);
  });

  test('a list that is a map knows its elements again by their keys', () => {
    const list: Schema = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'string', maxLength: 1 } } },
    };
    const before = { spec: { l: [{ k: 'a', v: 'long' }] } };
    const errors = validateValue(
      {
        spec: {
          l: [
            { k: 'b', v: 'long' },
            { k: 'a', v: 'long' },
          ],
        },
      },
      spec({ l: list }),
      before,
    );
    expect(shown(errors)).toEqual(['spec.l[0].v: may not be more than 1 bytes']);
  });

  test('nothing twice in sets and maps', () => {
    const set: Schema = { type: 'array', 'x-kubernetes-list-type': 'set' };
    const map: Schema = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };
    const errors = validateValue(
      {
        spec: {
          s: ['a', 'b', 'a'],
          m: [
            { k: 1, v: 1 },
            { k: 1, v: 2 },
          ],
        },
      },
      spec({ s: set, m: map }),
    );
    expect(errors.map(({ field, value }) => [field, value])).toEqual([
      ['spec.s[2]', 'a'],
      ['spec.m[1]', { k: 1 }],
    ]);
  });

  test('embedded objects have a type', () => {
    const errors = validateValue({ spec: { t: {} } }, spec({ t: { type: 'object', 'x-kubernetes-embedded-resource': true } }));
    expect(shown(errors)).toEqual(['spec.t.apiVersion', 'spec.t.kind']);
  });
});

describe('pruning', () => {
  const free: Schema = {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: { k: { type: 'object', properties: { in: { type: 'string' } } } },
  };
  const embedded: Schema = { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true };
  const schema = spec({ a: { type: 'string' }, free, embedded, map: { type: 'object', additionalProperties: { type: 'object' } } });

  test('takes away what nobody knows and says so', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'W',
      metadata: { name: 'w' },
      top: 1,
      spec: {
        a: 'x',
        zz: 1,
        free: { any: { thing: 1 }, k: { in: 'y', out: 1 } },
        embedded: { metadata: { name: 'x', zz: 1 }, any: 1 },
        map: { one: { gone: 1 } },
      },
    };
    expect(pruneCustom(object, schema)).toEqual(['spec.embedded.metadata.zz', 'spec.free.k.out', 'spec.map.one.gone', 'spec.zz', 'top']);
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'W',
      metadata: { name: 'w' },
      spec: { a: 'x', free: { any: { thing: 1 }, k: { in: 'y' } }, embedded: { metadata: { name: 'x' }, any: 1 }, map: { one: {} } },
    });
  });
});

describe('defaults', () => {
  const schema = spec({
    a: { type: 'string', default: 'x' },
    o: { type: 'object', default: {}, properties: { p: { type: 'integer', default: 5 } } },
    l: { type: 'array', items: { type: 'object', properties: { z: { type: 'boolean', default: true } } } },
    n: { type: 'string', nullable: true, default: 'd' },
    nn: { type: 'string', default: 'd' },
    plain: { type: 'string' },
  });
  test.each<[before: object, after: object]>([
    [{}, {}],
    [{ spec: {} }, { spec: { a: 'x', o: { p: 5 }, n: 'd', nn: 'd' } }],
    [
      { spec: { l: [{}, { z: false }], n: null, nn: null, plain: null } },
      { spec: { a: 'x', o: { p: 5 }, l: [{ z: true }, { z: false }], n: null, nn: 'd' } },
    ],
  ])('%j', (before, after) => {
    defaultCustom(before as Record<string, unknown>, schema);
    expect(before).toEqual(after);
  });

  test('are copies', () => {
    const objects: Record<string, { o?: { p: number } }>[] = [{ spec: {} }, { spec: {} }];
    for (const object of objects) defaultCustom(object, schema);
    expect(objects[0]?.spec?.o).toEqual(objects[1]?.spec?.o);
    expect(objects[0]?.spec?.o).not.toBe(objects[1]?.spec?.o);
  });
});

test.each<[path: string, found: unknown[]]>([
  ['.spec.size', [3]],
  ['.metadata.labels.a\\.b', ['lab']],
  [".metadata.labels['a.b']", ['lab']],
  ['.spec.list[0]', ['a']],
  ['.spec.list[-1]', ['b']],
  ['.spec.list[*]', ['a', 'b']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ['.spec.nope.further', []],
  ['.spec[', []],
])('json path %s', (path, found) => {
  const object = {
    metadata: { labels: { 'a.b': 'lab' } },
    spec: { size: 3, list: ['a', 'b'] },
    status: {
      conditions: [
        { type: 'Other', status: 'False' },
        { type: 'Ready', status: 'True' },
      ],
    },
  };
  expect(compileJsonPath(path)(object)).toEqual(found);
});

test('versions in the order of preference', () => {
  const versions = ['v1alpha1', 'foo1', 'v2beta1', 'v10', 'v1', 'v2', 'v2beta2', 'bar'];
  expect(versions.sort(compareVersions)).toEqual(['v10', 'v2', 'v1', 'v2beta2', 'v2beta1', 'v1alpha1', 'bar', 'foo1']);
});

test.each<[format: string, good: string, bad: string]>([
  ['date-time', '2020-01-31T00:00:00Z', '2020-02-31T00:00:00Z'],
  ['date', '2024-02-29', '2023-02-29'],
  ['ipv4', '10.0.0.1', '10.0.0.256'],
  ['ipv6', '::1', '1.2.3.4'],
  ['cidr', '10.0.0.0/8', '10.0.0.0/33'],
  ['uuid', '123e4567-e89b-12d3-a456-426614174000', 'nope'],
  ['email', 'a@b.example', 'a'],
  ['hostname', 'a.example', 'a_b'],
  ['byte', 'YQ==', 'Y'],
  ['duration', '1h30m', 'soon'],
  ['mac', '01:23:45:67:89:ab', '01:23'],
  ['unknown', 'anything', ''],
])('format %s', (format, good, bad) => {
  const schema: Schema = { type: 'string', format };
  expect(validateValue(good, schema)).toEqual([]);
  if (bad) expect(validateValue(bad, schema)).toHaveLength(1);
});
