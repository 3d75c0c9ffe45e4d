import { expect, test } from 'vitest';
import { compilePattern } from './pattern.ts';

test.each<[pattern: string, good: string, bad: string]>([
  ['^a+$', 'aa', 'b'],
  ['\\Aa\\z', 'a', 'ab'],
  ['(?i)^abc$', 'ABC', 'abd'],
  ['^(?P<x>a)$', 'a', 'b'],
  ['^[[:alpha:]]+$', 'abc', 'a1'],
  ['^\\p{L}+$', 'äß', 'a1'],
  ['^\\pL+$', 'äß', 'a1'],
  ['^[a-z0-9\\-_]+$', 'a-b_c', 'a b'],
  ['^a{2,3}$', 'aaa', 'a'],
])('%s', (pattern, good, bad) => {
  const compiled = compilePattern(pattern);
  expect(compiled?.test(good)).toBe(true);
  expect(compiled?.test(bad)).toBe(false);
});

test.each(['[', '(', ')', '*a'])('%s is no pattern', (pattern) => {
  expect(compilePattern(pattern)).toBeUndefined();
});

// With the usual engine this would not end while anybody is waiting.
test('a pattern that goes back and back comes to an end', () => {
  expect(compilePattern('^(a+)+$')?.test(`${'a'.repeat(200)}b`)).toBe(false);
});
