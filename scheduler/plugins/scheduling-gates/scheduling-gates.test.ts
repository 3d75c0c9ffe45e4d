import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aPod } from '../../testing/build.ts';
import { schedulingGates } from './scheduling-gates.ts';

it.each([
  ['no gates', undefined, undefined],
  ['all gates removed', [], undefined],
  ['a gate', [{ name: 'example.com/wait' }], ['Scheduling is blocked due to non-empty scheduling gates']],
])('SchedulingGates: %s', (_, gates, expected) => {
  const pod = aPod('p', { spec: gates ? { schedulingGates: gates } : {} });
  expect(schedulingGates().preEnqueue?.(ask('SchedulingGates', {}).info(pod))?.reasons).toEqual(expected);
});
