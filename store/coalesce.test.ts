import { expect, test } from 'vitest';
import { coalesce } from './coalesce.ts';

/** A question whose answers come when the test says so; each answer is how many were asked before. */
function questions() {
  const answers: ((fails?: Error) => void)[] = [];
  const ask = coalesce(() => {
    const number = answers.length;
    return new Promise<number>((resolve, reject) => answers.push((error) => (error ? reject(error) : resolve(number))));
  });
  return { ask, answers };
}

test('all who wait while a question is under way share the next one', async () => {
  const { ask, answers } = questions();
  const first = ask();
  const late = [ask(), ask(), ask()];
  expect(answers).toHaveLength(1);
  answers[0]?.();
  expect(await first).toBe(0);
  answers[1]?.();
  expect(await Promise.all(late)).toEqual([1, 1, 1]);
  expect(answers).toHaveLength(2);
});

test('a question that fails fails those only who asked it', async () => {
  const { ask, answers } = questions();
  const first = ask();
  const second = ask();
  answers[0]?.(new Error('no'));
  await expect(first).rejects.toThrow('no');
  answers[1]?.();
  expect(await second).toBe(1);
  const third = ask();
  answers[2]?.();
  expect(await third).toBe(2);
});
