import { describe, expect, test } from 'vitest';
import { formatLabelSelector, labelMatcher, labelSelectorMatcher, parseFieldSelector } from './selectors.ts';

describe('label selectors in queries', () => {
  test.each([
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app==web', { app: 'db' }, false],
    ['app != web', {}, true],
    ['app', { app: '' }, true],
    ['!app', { app: '' }, false],
    ['app in (web, db),tier', { app: 'db', tier: 'x' }, true],
    ['app in ()', { app: '' }, true],
    ['app notin (web)', {}, true],
    ['n>7', { n: '15' }, true],
    ['n<7', { n: 'x' }, false],
    ['in in (in)', { in: 'in' }, true],
    ['constructor', {}, false],
  ])('%s on %j: %s', (text, labels, expected) => expect(labelMatcher(text)(labels as Record<string, string>)).toBe(expected));

  test.each([
    ['n>x', `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
    ['a b', "unable to parse requirement: found 'b', expected: =, ==, in, !=, gt, lt, notin"],
    ['a,', "found '', expected: identifier after ','"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a=b)', "found ')', expected: ',' or 'end of string'"],
  ])('%s is refused', (text, message) => expect(() => labelMatcher(text)).toThrow(message));
});

test('selector objects: absent matches nothing, empty everything', () => {
  expect(labelSelectorMatcher(undefined)({ a: 'b' })).toBe(false);
  expect(labelSelectorMatcher({})({ a: 'b' })).toBe(true);
  const selector = { matchLabels: { b: 'x' }, matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['z', 'y'] }] };
  expect(labelSelectorMatcher(selector)({ b: 'x', a: 'y' })).toBe(false);
  expect(formatLabelSelector(selector)).toBe('a notin (y,z),b=x');
});

test('field selectors', () => {
  expect(parseFieldSelector('status.phase!=Running,metadata.name==a')).toEqual([
    { path: 'metadata.name', operator: '=', value: 'a' },
    { path: 'status.phase', operator: '!=', value: 'Running' },
  ]);
  expect(parseFieldSelector('a=x\\,y\\=z')).toEqual([{ path: 'a', operator: '=', value: 'x,y=z' }]);
  expect(() => parseFieldSelector('a')).toThrow("invalid selector: 'a'; can't understand 'a'");
});
