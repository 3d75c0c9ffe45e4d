import { expect, test } from 'vitest';
import { realClock } from './clock.ts';

test('a timer of years does not run at once', async () => {
  let ran = false;
  const timer = realClock.after(2 ** 33, () => {
    ran = true;
  });
  timer.unref();
  // Timers run in the order of their times, so that one that ran at once would be before this.
  await realClock.sleep(5);
  timer.cancel();
  expect(ran).toBe(false);
});
