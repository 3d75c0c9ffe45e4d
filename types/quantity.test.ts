import { describe, expect, test } from 'vitest';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  milliValue,
  parseQuantity,
  subtractQuantities,
  wholeValue,
} from './quantity.ts';

describe('canonical form', () => {
  test.each([
    ['0', '0'],
    ['1', '1'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1500m', '1500m'],
    ['1000m', '1'],
    ['1.500', '1.500'],
    ['1Gi', '1Gi'],
    ['1024Mi', '1Gi'],
    ['1025Mi', '1025Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1000k', '1M'],
    ['1E', '1E'],
    ['0.1n', '1n'],
    ['-0.5', '-500m'],
    ['100Ei', '9223372036854775807'],
    ['.5', '500m'],
  ])('%s is written %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));
});

test.each(['', 'x', '1x', '1 Gi', '1Gii', '--1', '1.2.3', 'e'])('%j is refused', (text) => {
  expect(() => parseQuantity(text)).toThrow(/quantit/);
});

test('numbers of milli-units and whole units round up', () => {
  expect(milliValue('100m')).toBe(100);
  expect(milliValue('2')).toBe(2000);
  expect(milliValue('0.0001')).toBe(1);
  expect(wholeValue('1Gi')).toBe(2 ** 30);
  expect(wholeValue('1500m')).toBe(2);
  expect(wholeValue(3)).toBe(3);
});

test('sums keep the format of the first that is not zero', () => {
  expect(addQuantities('1Gi', '1Gi')).toBe('2Gi');
  expect(addQuantities('0', '512Mi')).toBe('512Mi');
  expect(addQuantities('500m', '1')).toBe('1500m');
  expect(subtractQuantities('1', '1500m')).toBe('-500m');
  expect(compareQuantities('1', '1000m')).toBe(0);
  expect(compareQuantities('1Ki', '1k')).toBe(1);
});
