import { expect, test } from 'vitest';
import { realClock } from '../types/part/clock.ts';
import { createCorrelator } from './event-correlator.ts';

const pod = (name: string) => ({ kind: 'Pod', metadata: { name, namespace: 'default', uid: name } });

function correlator() {
  let now = 1_000_000;
  const correlate = createCorrelator({ ...realClock, now: () => now });
  return { correlate, pass: (ms: number) => (now += ms) };
}

test('the same event again raises its count', () => {
  const { correlate, pass } = correlator();
  const first = correlate(pod('a'), 'Normal', 'Pulled', 'image');
  pass(5000);
  const second = correlate(pod('a'), 'Normal', 'Pulled', 'image');
  expect(second).toBe(first);
  expect(second).toMatchObject({ count: 2, first: 1_000_000, last: 1_005_000 });
  expect(correlate(pod('b'), 'Normal', 'Pulled', 'image')).not.toBe(first);
});

test('many that differ in their message only become one', () => {
  const { correlate } = correlator();
  const seen = Array.from({ length: 12 }, (_, i) => correlate(pod('a'), 'Normal', 'Created', `pod ${i}`));
  expect(seen[8]?.message).toBe('pod 8');
  expect(seen[9]?.message).toBe('(combined from similar events): pod 9'.replace('9', '11'));
  expect(seen[11]).toBe(seen[9]);
  expect(seen[11]?.count).toBe(3);
});

test('an object that is spoken of too often is not heard, for a while', () => {
  const { correlate, pass } = correlator();
  const heard = () => correlate(pod('a'), 'Warning', 'BackOff', 'again') !== undefined;
  expect(Array.from({ length: 30 }, heard).filter(Boolean)).toHaveLength(25);
  pass(300_000);
  expect(heard()).toBe(true);
  expect(heard()).toBe(false);
});
