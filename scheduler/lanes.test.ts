import { expect, it } from 'vitest';
import { Lanes } from './lanes.ts';
import { settle } from './testing/manual-clock.ts';

it('runs keys side by side within the bound, and of one key the latest, one after the other', async () => {
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const lanes = new Lanes(2, (key, error) => log.push(`${key}: ${error}`));
  const work = (name: string) => () => {
    log.push(name);
    return new Promise<void>((resolve) => gates.push(resolve));
  };
  lanes.run('a', work('a1'));
  lanes.run('a', work('a2'));
  lanes.run('a', work('a3'));
  lanes.run('b', work('b1'));
  lanes.run('c', work('c1'));
  lanes.run('d', work('d1'));
  lanes.forget('d');
  expect(log).toEqual(['a1', 'b1']);
  gates.shift()?.();
  await settle();
  expect(log).toEqual(['a1', 'b1', 'a3']);
  lanes.run('e', async () => {
    throw new Error('no');
  });
  while (gates.length > 0) {
    gates.shift()?.();
    await settle();
  }
  await lanes.settled();
  expect(log).toEqual(['a1', 'b1', 'a3', 'c1', 'e: Error: no']);
});
