import { expect, test } from 'vitest';
import { beatPeriod } from './heartbeat.ts';

test.each([
  [1, 40, 10_000],
  [2_000, 40, 10_000],
  [3_000, 40, 15_000],
  [10_000, 40, 20_000],
  [10, 4, 1_000],
])('the leases of %i nodes, that hold %i s, are renewed every %i ms', (nodes, seconds, period) => {
  expect(beatPeriod(nodes, seconds)).toBe(period);
});
