import { expect, test } from 'vitest';
import { parseJsonText } from './json-error.ts';

test.each([
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a":1}x', "invalid character 'x' after top-level value"],
  ['['.repeat(200_000), 'exceeded max depth'],
  [`${'['.repeat(5000)}${']'.repeat(5000)}`, 'exceeded max depth'],
])('%#', (text, message) => {
  expect(() => parseJsonText(text)).toThrow(message);
});

test('brackets in strings are not depth', () => {
  const text = JSON.stringify({ a: `"\\${'['.repeat(10_000)}` });
  expect(parseJsonText(text)).toEqual(JSON.parse(text));
});
