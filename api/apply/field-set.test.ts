import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  difference,
  EMPTY_SET,
  equalSets,
  type FieldSet,
  hasPath,
  intersection,
  parseSet,
  pathsOf,
  recursiveDifference,
  setOf,
  showPath,
  union,
} from './field-set.ts';
import { parseElement, showElement } from './path-element.ts';

const A = ['f:a'];
const AB = ['f:a', 'f:b'];
const AC = ['f:a', 'f:c'];
const ITEM = ['f:l', 'k:{"name":"x"}'];

describe('path elements', () => {
  it.each([
    ['f:spec', '.spec'],
    ['f:example.com/a', '.example.com/a'],
    ['k:{"name":"c"}', '[name="c"]'],
    ['k:{"containerPort":80,"protocol":"TCP"}', '[containerPort=80,protocol="TCP"]'],
    ['v:"x"', '[="x"]'],
    ['v:3', '[=3]'],
    ['i:2', '[2]'],
  ])('%s is shown as %s', (element, shown) => {
    expect(showElement(element)).toBe(shown);
    expect(parseElement(element)).toBe(element);
  });

  it.each([
    ['k:{"protocol":"TCP", "port":80}', 'k:{"port":80,"protocol":"TCP"}'],
    ['v: "x"', 'v:"x"'],
    ['v:"a<b"', 'v:"a\\u003cb"'],
  ])('%s is brought into the form %s', (given, canonical) => expect(parseElement(given)).toBe(canonical));

  it.each(['f', 'spec', 'k:[1]', 'v:{', 'i:x'])('refuses %s', (text) => expect(() => parseElement(text)).toThrow());

  it('passes over what a later version may know', () => expect(parseElement('z:1')).toBeUndefined());
});

describe('sets', () => {
  it('are written as Kubernetes writes them', () => {
    const set = setOf(ITEM, [...ITEM, 'f:name'], AB, ['f:l', 'k:{"name":"a"}'], ['f:l', 'k:{"name":"x"}', 'f:image']);
    expect(JSON.stringify(set)).toBe(
      '{"f:a":{"f:b":{}},"f:l":{"k:{\\"name\\":\\"a\\"}":{},"k:{\\"name\\":\\"x\\"}":{".":{},"f:image":{},"f:name":{}}}}',
    );
  });

  it('order keys by value: 80 before 443, numbers before texts', () => {
    const set = setOf(['f:p', 'k:{"port":"a"}'], ['f:p', 'k:{"port":443}'], ['f:p', 'k:{"port":80}']);
    expect(Object.keys(set['f:p'] as FieldSet)).toEqual(['k:{"port":80}', 'k:{"port":443}', 'k:{"port":"a"}']);
  });

  it.each<[string, FieldSet, FieldSet, FieldSet]>([
    ['a parent without its child', setOf(A), setOf(AB), setOf(A)],
    ['a child without its parent', setOf(AB), setOf(A), setOf(AB)],
    ['a parent and child without the parent', setOf(A, AB), setOf(A), setOf(AB)],
    ['a parent and child without the child', setOf(A, AB), setOf(AB), setOf(A)],
    ['the last child', setOf(AB), setOf(AB), EMPTY_SET],
    ['one of two children', setOf(AB, AC), setOf(AB), setOf(AC)],
  ])('difference: %s', (_, a, b, expected) => expect(difference(a, b)).toEqual(expected));

  it('recursive difference takes what lies below as well', () => {
    expect(recursiveDifference(setOf(AB, ITEM), setOf(A))).toEqual(setOf(ITEM));
    expect(recursiveDifference(setOf(A), setOf(AB))).toEqual(setOf(A));
  });

  it('tell conflicts level by level', () => {
    expect(pathsOf(setOf(AB, ['f:z'], ITEM)).map(showPath)).toEqual(['.z', '.a.b', '.l[name="x"]']);
  });

  it('refuse what is no set', () => {
    expect(() => parseSet([])).toThrow();
    expect(() => parseSet({ spec: {} })).toThrow();
    expect(parseSet({ 'f:a': { '.': {} }, 'z:q': {} })).toEqual(setOf(A));
  });
});

const element = fc.oneof(
  fc.constantFrom('f:a', 'f:b', 'f:c'),
  fc.constantFrom('k:{"name":"x"}', 'k:{"name":"y"}', 'k:{"port":8}', 'v:"s"', 'v:1'),
);
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const paths = fc.array(path, { maxLength: 12 });
const texts = (set: FieldSet) => new Set(pathsOf(set).map((one) => one.join('\n')));
const textsOf = (all: string[][]) => new Set(all.map((one) => one.join('\n')));

describe('algebra', () => {
  it('works as with sets of paths', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [setOf(...left), setOf(...right)];
        const [l, r] = [textsOf(left), textsOf(right)];
        expect(texts(a)).toEqual(l);
        expect(texts(union(a, b))).toEqual(new Set([...l, ...r]));
        expect(texts(intersection(a, b))).toEqual(new Set([...l].filter((one) => r.has(one))));
        expect(texts(difference(a, b))).toEqual(new Set([...l].filter((one) => !r.has(one))));
        for (const one of left) expect(hasPath(a, one)).toBe(true);
      }),
    );
  });

  it('round trip through FieldsV1, whatever the order', () => {
    fc.assert(
      fc.property(paths, (all) => {
        const set = setOf(...all);
        expect(JSON.stringify(parseSet(JSON.parse(JSON.stringify(set))))).toBe(JSON.stringify(set));
        expect(JSON.stringify(setOf(...all.toReversed()))).toBe(JSON.stringify(set));
        expect(equalSets(set, union(set, set))).toBe(true);
      }),
    );
  });

  it('results are in canonical form', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [setOf(...left), setOf(...right)];
        for (const set of [union(a, b), intersection(a, b), difference(a, b), recursiveDifference(a, b)]) {
          expect(JSON.stringify(set)).toBe(JSON.stringify(setOf(...pathsOf(set))));
        }
      }),
    );
  });
});
