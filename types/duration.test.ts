import { expect, test } from 'vitest';
import { humanDuration } from './duration.ts';

const cases: [number, string][] = [
  [0, '0s'],
  [-1, '0s'],
  [-3, '<invalid>'],
  [119, '119s'],
  [120, '2m'],
  [200, '3m20s'],
  [700, '11m'],
  [3 * 3600, '3h'],
  [4 * 3600 + 60, '4h1m'],
  [9 * 3600, '9h'],
  [3 * 86400, '3d'],
  [3 * 86400 + 7200, '3d2h'],
  [400 * 86400, '400d'],
];

test.each(cases)('%d s is %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});
