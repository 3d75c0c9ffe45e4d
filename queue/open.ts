/** Opening a queue: durable where there is a Redis, else in memory. */
import type { PartContext } from '../types/part/part.ts';
import { createMemoryQueue } from './memory.ts';
import type { BackoffOptions, Queue } from './queue.ts';

export interface OpenQueueOptions {
  /** `redis://…`, or the path of a Unix socket. Absent: the queue is in memory and ends with the process. */
  redis?: string;
  backoff?: BackoffOptions;
}

/** BullMQ is loaded only when it is asked for: it takes longer to load than all the rest. */
export async function openQueue(name: string, options: OpenQueueOptions, ctx: Pick<PartContext, 'clock' | 'log'>): Promise<Queue> {
  if (!options.redis) return createMemoryQueue(name, ctx.clock, options.backoff);
  const { createBullQueue } = await import('./bullmq.ts');
  const backoff = options.backoff ?? {};
  return createBullQueue(name, { redis: options.redis, clock: ctx.clock, log: ctx.log, backoff });
}
