/** The suite that every queue passes. */
import { describe, expect, test } from 'vitest';
import { realClock } from '../types/part/clock.ts';
import { type BackoffOptions, type Queue, Terminal } from './queue.ts';

export type OpenForTest = (backoff?: BackoffOptions) => Promise<Queue> | Queue;

const HOUR = 3_600_000;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await condition()); i++) {
    if (i > 4000) throw new Error('it never came true');
    await realClock.sleep(2);
  }
}

/** A run that waits until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

export function queueConformance(name: string, open: OpenForTest): void {
  const withQueue = (what: string, body: (queue: Queue) => Promise<void>, backoff?: BackoffOptions) =>
    test(what, async () => {
      const queue = await open(backoff);
      try {
        await body(queue);
      } finally {
        await queue.drain();
      }
    });

  describe(name, () => {
    withQueue('a key added many times before it runs is one entry', async (queue) => {
      for (let i = 0; i < 5; i++) await queue.add('a');
      await queue.add('b');
      expect(await queue.length()).toBe(2);
      const ran: string[] = [];
      queue.work(async (key) => void ran.push(key));
      await until(() => ran.length === 2);
      expect(ran).toEqual(['a', 'b']);
      expect(await queue.length()).toBe(0);
    });

    withQueue('an add during a run means one more run after it, never two at a time', async (queue) => {
      const first = gate();
      let runs = 0;
      let now = 0;
      let most = 0;
      queue.work(
        async () => {
          most = Math.max(most, ++now);
          if (++runs === 1) await first.passed;
          now--;
        },
        { workers: 4 },
      );
      await queue.add('a');
      await until(() => runs === 1);
      await queue.add('a');
      await queue.add('a');
      await queue.add('b');
      await until(() => runs === 2);
      first.open();
      await until(async () => runs === 3 && (await queue.length()) === 0);
      expect(most).toBe(2);
    });

    withQueue('the earliest due time wins, whichever add comes first', async (queue) => {
      const ran: string[] = [];
      await queue.add('brought-forward', { after: HOUR });
      await queue.add('brought-forward', { after: 10 });
      await queue.add('not-put-off', { after: 10 });
      await queue.add('not-put-off', { after: HOUR });
      await queue.add('later', { after: HOUR });
      queue.work(async (key) => void ran.push(key));
      await until(() => ran.length === 2);
      expect(ran.sort()).toEqual(['brought-forward', 'not-put-off']);
      expect(await queue.length()).toBe(1);
    });

    withQueue('a requeue does not put off an add that came during the run', async (queue) => {
      const first = gate();
      let runs = 0;
      queue.work(async () => {
        if (++runs > 1) return undefined;
        await first.passed;
        return { requeueAfter: HOUR };
      });
      await queue.add('a');
      await until(() => runs === 1);
      await queue.add('a');
      first.open();
      await until(() => runs === 2);
    });

    withQueue('a late add during a run does not put off an early one', async (queue) => {
      const first = gate();
      let runs = 0;
      queue.work(async () => {
        if (++runs === 1) await first.passed;
      });
      await queue.add('a');
      await until(() => runs === 1);
      await queue.add('a');
      await queue.add('a', { after: HOUR });
      first.open();
      await until(() => runs === 2);
    });

    withQueue('a requeue comes again', async (queue) => {
      let runs = 0;
      queue.work(async () => (++runs < 3 ? { requeueAfter: 5 } : undefined));
      await queue.add('a');
      await until(() => runs === 3);
    });

    withQueue('a failed run comes again after a backoff, and its failures are counted', async (queue) => {
      const attempts: number[] = [];
      let runs = 0;
      queue.work(
        async () => {
          if (++runs < 4) throw new Error('not yet');
        },
        { onError: (_, __, attempt) => attempts.push(attempt) },
      );
      await queue.add('a');
      await until(() => runs === 4);
      expect(attempts).toEqual([1, 2, 3]);
    });

    withQueue(
      'an add brings a key in backoff forward',
      async (queue) => {
        let runs = 0;
        queue.work(async () => {
          if (++runs === 1) throw new Error('once');
        });
        await queue.add('a');
        await until(async () => runs === 1 && (await queue.length()) === 1);
        await queue.add('a');
        await until(() => runs === 2);
      },
      { base: HOUR },
    );

    withQueue('a terminal failure does not come again before the next add', async (queue) => {
      let runs = 0;
      const failed: string[] = [];
      queue.work(
        async (key) => {
          runs++;
          if (key === 'a' && runs === 1) throw new Terminal('never');
        },
        { onError: (key) => failed.push(key) },
      );
      await queue.add('a');
      await until(() => failed.length === 1);
      await queue.add('b');
      await until(() => runs === 2);
      await queue.add('a');
      await until(() => runs === 3);
      expect(failed).toEqual(['a']);
    });

    withQueue('no more keys at a time than workers', async (queue) => {
      let now = 0;
      let most = 0;
      let runs = 0;
      queue.work(
        async () => {
          most = Math.max(most, ++now);
          await realClock.sleep(1);
          now--;
          runs++;
        },
        { workers: 3 },
      );
      await Promise.all(Array.from({ length: 30 }, (_, i) => queue.add(`k${i}`)));
      await until(() => runs === 30);
      expect(most).toBe(3);
    });

    test('a drain lets the run under way end and starts no more', async () => {
      const queue = await open();
      const first = gate();
      const ended: string[] = [];
      let runs = 0;
      queue.work(async (key, signal) => {
        runs++;
        await first.passed;
        ended.push(`${key} ${signal.aborted}`);
      });
      await queue.add('a');
      await until(() => runs === 1);
      await queue.add('b');
      const drained = queue.drain();
      first.open();
      await drained;
      expect(ended).toEqual(['a true']);
      expect(runs).toBe(1);
    });
  });
}
