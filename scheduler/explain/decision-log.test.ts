import { expect, it } from 'vitest';
import { DecisionLog } from './decision-log.ts';

it('keeps the last decisions, the newest first', () => {
  const log = new DecisionLog(3);
  for (let i = 0; i < 5; i++) log.record(i, i % 2 ? 'ns/odd' : 'ns/even', i, { result: 'placed', node: `n${i}`, feasible: 1 });
  expect(log.recent(10).map((record) => record.node)).toEqual(['n4', 'n3', 'n2']);
  expect(log.recent(10, 'ns/odd').map((record) => record.node)).toEqual(['n3']);
  expect(log.recent(1)).toEqual([
    { time: '1970-01-01T00:00:00.004Z', pod: 'ns/even', attempt: 4, result: 'placed', node: 'n4', feasible: 1 },
  ]);
});
