import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aPod } from '../../testing/build.ts';
import { prioritySort } from './priority-sort.ts';

const waiting = (priority: number, queuedAt: number) => ({ ...ask('PrioritySort', {}).info(aPod('p', { spec: { priority } })), queuedAt });

it.each([
  ['the higher priority first', waiting(10, 2), waiting(1, 1)],
  ['among equals, who has waited longer', waiting(1, 1), waiting(1, 2)],
])('PrioritySort: %s', (_, first, second) => {
  expect(prioritySort().compare?.(first, second)).toBeLessThan(0);
  expect(prioritySort().compare?.(second, first)).toBeGreaterThan(0);
});
