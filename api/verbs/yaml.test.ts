import { expect, test } from 'vitest';
import { parseYaml } from './yaml.ts';

test.each([
  ['0644', 420],
  ['0o17', 15],
  ['0x1f', 31],
  ['1_000', 1000],
  ['y', true],
  ['No', false],
  ['on', true],
  ['"on"', 'on'],
  ['2020-01-01', '2020-01-01'],
  ['1:30', '1:30'],
  ['~', null],
  ['1e3', 1000],
])('%s is %j', async (text, value) => {
  expect(await parseYaml(`a: ${text}`)).toEqual({ a: value });
});

test('anchors are merged', async () => {
  expect(await parseYaml('a: &x {b: 1}\nc:\n  <<: *x\n  d: 2')).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
});

test('a key twice is refused', async () => {
  await expect(parseYaml('a: 1\na: 2')).rejects.toThrow('duplicated mapping key');
});
