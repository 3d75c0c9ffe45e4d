import { expect, test } from 'vitest';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { type Add, type Loop, type Run, runLoop } from './loop.ts';
import { createMemoryQueue } from './memory.ts';

const until = async (condition: () => boolean) => {
  for (let i = 0; !condition(); i++) {
    if (i > 2000) throw new Error('it never came true');
    await realClock.sleep(1);
  }
};

function loop(more: Partial<Loop> & Pick<Loop, 'reconcile'>) {
  const end = new AbortController();
  const { promise: connected, resolve } = Promise.withResolvers<Add>();
  const common = { name: 'test', log: silentLog, clock: realClock, signal: end.signal };
  const { stopped } = runLoop({ ...common, queue: createMemoryQueue('test', realClock), sources: resolve, ...more });
  return { connected, stopped, end: () => end.abort() };
}

test('nothing runs before the sources are complete', async () => {
  const { promise: synced, resolve: sync } = Promise.withResolvers<void>();
  const ran: string[] = [];
  const { connected, stopped, end } = loop({ synced, reconcile: async (key) => void ran.push(key) });
  (await connected)('a');
  await realClock.sleep(1);
  expect(ran).toEqual([]);
  sync();
  await until(() => ran.length === 1);
  end();
  await stopped;
});

test('a run that throws is told, tried again, and harms no other key', async () => {
  const told: Run[] = [];
  const reconcile = (key: string) => {
    if (key === 'bad' && told.length < 3) throw new Error('no');
    return Promise.resolve(undefined);
  };
  const { connected, stopped, end } = loop({ reconcile, observe: (run) => told.push(run) });
  const add = await connected;
  add('bad');
  add('good');
  await until(() => told.some((run) => run.key === 'bad' && !run.error) && told.some((run) => run.key === 'good'));
  expect(told.some((run) => run.key === 'bad' && run.error)).toBe(true);
  end();
  await stopped;
});

test('the end waits for the runs under way', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let [begun, done] = [0, 0];
  const { connected, stopped, end } = loop({
    workers: 2,
    reconcile: async () => {
      begun++;
      await gate;
      done++;
      return undefined;
    },
  });
  const add = await connected;
  for (const key of ['a', 'b', 'c']) add(key);
  await until(() => begun === 2);
  end();
  open();
  await stopped;
  expect([begun, done]).toEqual([2, 2]);
});

test('sources that never become complete end the loop', async () => {
  const { stopped } = loop({ synced: Promise.reject(new Error('no such server')), reconcile: async () => undefined });
  await expect(stopped).rejects.toThrow('no such server');
});
