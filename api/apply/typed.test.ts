import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, Schema } from '../../types/kinds/kind.ts';
import { compare } from './compare.ts';
import { type FieldSet, pathsOf, setOf, showPath } from './field-set.ts';
import { merge } from './merge.ts';
import { reconcile } from './reconcile.ts';
import { extractItems, removeItems } from './remove.ts';
import { toFieldSet } from './to-field-set.ts';
import { typeOf } from './type.ts';
import { typeFaults } from './validate.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    n: { type: 'integer' },
    s: { type: 'string' },
    b: { type: 'boolean' },
    port: { 'x-kubernetes-int-or-string': true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    selector: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'string' } },
    args: { type: 'array', items: { type: 'string' } },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    items: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name', 'kind'],
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, kind: { type: 'string', default: 'K' }, v: { type: 'integer' } },
      },
    },
    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};
const type = typeOf(schema);
const shown = (set: FieldSet) => pathsOf(set).map(showPath);
const fieldsOf = (value: Json) => shown(toFieldSet(type, value));

describe('the fields of a value', () => {
  it.each<[string, Json, string[]]>([
    ['scalars', { n: 1, s: 'x', b: false, port: 'http' }, ['.n', '.s', '.b', '.port']],
    ['nulls', { n: null, labels: null }, ['.n', '.labels']],
    ['maps key by key', { labels: { a: '1', b: '2' } }, ['.labels.a', '.labels.b']],
    ['an empty map', { labels: {} }, ['.labels']],
    ['atomic things as a whole', { selector: { a: '1' }, args: ['x'] }, ['.selector', '.args']],
    ['sets by value', { set: ['x', 'y'] }, ['.set[="x"]', '.set[="y"]']],
    ['an empty set is nothing', { set: [] }, []],
    [
      'lists by keys, with defaults',
      { items: [{ name: 'a', v: 1 }] },
      ['.items[kind="K",name="a"]', '.items[kind="K",name="a"].name', '.items[kind="K",name="a"].v'],
    ],
    ['unknown fields by their shape', { any: { x: { y: 1 }, z: [1] } }, ['.any.x', '.any.z', '.any.x.y']],
    ['repeated elements as one', { set: ['x', 'x'] }, ['.set[="x"]']],
  ])('%s', (_, value, expected) => expect(fieldsOf(value).sort()).toEqual(expected.sort()));
});

describe('faults', () => {
  it.each<[Json, string]>([
    [{ n: 'x' }, '.n: expected numeric (int or float), got string'],
    [{ s: 1 }, '.s: expected string, got &value.valueUnstructured{Value:1}'],
    [{ b: 'yes' }, '.b: expected boolean, got &{yes}'],
    [{ labels: [] }, '.labels: expected map, got &{[]}'],
    [{ args: { a: 1 } }, '.args: expected list, got &{map[a:1]}'],
    [{ nope: 1 }, '.nope: field not declared in schema'],
    [{ set: ['x', 'x'] }, '.set: duplicate entries for key [="x"]'],
    [{ set: [null] }, ".set: element 0: associative list without keys has an element that's an explicit null"],
    [{ items: [{ name: 'a' }, { name: 'a', kind: 'K' }] }, '.items: duplicate entries for key [kind="K",name="a"]'],
    [{ items: ['a'] }, '.items: element 0: associative list with keys may not have non-map elements'],
    [
      { n: 'x', s: 1 },
      'errors:\n  .n: expected numeric (int or float), got string\n  .s: expected string, got &value.valueUnstructured{Value:1}',
    ],
  ])('%j', (value, expected) => expect(typeFaults(type, value)).toBe(expected));

  it('int or string, nulls and unknown fields where they are kept are none', () => {
    expect(typeFaults(type, { port: 80, any: { x: [1, { y: null }] }, n: null })).toBeUndefined();
    expect(typeFaults(type, { port: 'http' })).toBeUndefined();
  });
});

describe('compare', () => {
  it.each<[string, Json, Json, string[], string[], string[]]>([
    ['nothing', { n: 1, set: ['x'] }, { n: 1, set: ['x'] }, [], [], []],
    ['a scalar', { n: 1 }, { n: 2 }, [], ['.n'], []],
    ['a map with its keys', {}, { labels: { a: '1' } }, ['.labels', '.labels.a'], [], []],
    ['one key', { labels: { a: '1', b: '2' } }, { labels: { a: '1', b: '3' } }, [], ['.labels.b'], []],
    ['atomic things', { args: ['x'] }, { args: ['x', 'y'] }, [], ['.args'], []],
    ['elements of a set', { set: ['x'] }, { set: ['y'] }, ['.set[="y"]'], [], ['.set[="x"]']],
    [
      'elements by their keys, in any order',
      { items: [{ name: 'a', v: 1 }, { name: 'b' }] },
      { items: [{ name: 'b' }, { name: 'a', v: 2 }] },
      [],
      ['.items[kind="K",name="a"].v'],
      [],
    ],
    ['empty and absent', { labels: {} }, {}, [], [], ['.labels']],
    ['a new shape', { any: { x: 1 } }, { any: { x: { y: 1 } } }, ['.any.x.y'], ['.any.x'], []],
  ])('%s', (_, before, after, added, modified, removed) => {
    const found = compare(type, before, after);
    expect([shown(found.added), shown(found.modified), shown(found.removed)]).toEqual([added, modified, removed]);
  });
});

describe('merge', () => {
  it.each<[string, Json, Json, Json]>([
    ['keys of maps', { labels: { a: '1' } }, { labels: { b: '2' } }, { labels: { a: '1', b: '2' } }],
    ['atomic maps are replaced', { selector: { a: '1' } }, { selector: { b: '2' } }, { selector: { b: '2' } }],
    ['sets are joined', { set: ['x', 'y'] }, { set: ['z', 'x'] }, { set: ['z', 'x', 'y'] }],
    [
      'elements are merged by their keys',
      { items: [{ name: 'a', v: 1 }] },
      { items: [{ name: 'b' }, { name: 'a', kind: 'K' }] },
      { items: [{ name: 'b' }, { name: 'a', v: 1, kind: 'K' }] },
    ],
    ['null replaces a scalar', { n: 1 }, { n: null }, { n: null }],
    ['an empty map stays one', {}, { labels: {} }, { labels: {} }],
  ])('%s', (_, live, config, expected) => expect(merge(type, live, config)).toEqual(expected));
});

describe('remove and extract', () => {
  const value: Json = { n: 1, labels: { a: '1', b: '2' }, items: [{ name: 'a', v: 1 }, { name: 'b' }] };
  const element = 'k:{"kind":"K","name":"a"}';

  it('take out fields, keys and elements', () => {
    expect(removeItems(type, value, setOf(['f:n'], ['f:labels', 'f:a'], ['f:items', element]))).toEqual({
      labels: { b: '2' },
      items: [{ name: 'b' }],
    });
  });

  it('keep nothing else', () => {
    expect(extractItems(type, value, setOf(['f:labels', 'f:a'], ['f:items', element, 'f:v']))).toEqual({
      labels: { a: '1' },
      items: [{ v: 1 }],
    });
  });
});

it('what became atomic is owned as a whole by who had a part of it', () => {
  expect(reconcile(type, setOf(['f:selector', 'f:a'], ['f:args', 'i:0'], ['f:n']))).toEqual(setOf(['f:selector'], ['f:args'], ['f:n']));
});

const name = fc.constantFrom('a', 'b', 'c');
const object = fc.record(
  {
    n: fc.integer({ min: 0, max: 3 }),
    s: fc.constantFrom('x', 'y'),
    labels: fc.dictionary(name, fc.constantFrom('1', '2'), { maxKeys: 3 }),
    selector: fc.dictionary(name, fc.constantFrom('1', '2'), { maxKeys: 2 }),
    args: fc.array(name, { maxLength: 2 }),
    set: fc.uniqueArray(name, { maxLength: 3 }),
    items: fc.uniqueArray(fc.record({ name, v: fc.integer({ min: 0, max: 2 }) }), { selector: (item) => item.name, maxLength: 3 }),
    any: fc.dictionary(name, fc.oneof(fc.integer(), fc.constant(null), fc.dictionary(name, fc.boolean())), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

describe('properties', () => {
  it('merging twice is merging once, and the second wins everywhere', () => {
    fc.assert(
      fc.property(object, object, (live, config) => {
        const merged = merge(type, live, config) ?? {};
        expect(merge(type, merged, config) ?? {}).toEqual(merged);
        // Nothing that the config says differs in the result.
        const { added, modified } = compare(type, merged, config);
        expect([pathsOf(added), pathsOf(modified)]).toEqual([[], []]);
      }),
    );
  });

  it('comparison is empty for equals, and turned round by turning round', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        const [there, back] = [compare(type, a, b), compare(type, b, a)];
        expect(there.added).toEqual(back.removed);
        expect(there.removed).toEqual(back.added);
        const same = compare(type, a, structuredClone(a));
        expect([same.added, same.modified, same.removed]).toEqual([{}, {}, {}]);
      }),
    );
  });
});
