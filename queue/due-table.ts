/**
 * The due times of a durable queue's keys, in Redis beside its jobs. BullMQ's deduplication keeps the *last* add that comes while a key
 * runs; ours must keep the *earliest*. So every add first lowers the key's due time here, atomically, and is given the time that holds.
 */
import type { Redis } from 'ioredis';

export interface DueTable {
  /** Lowers the key's due time (ms since 1970) to `due` if it is later or unset; resolves to the time that now holds. */
  lower(key: string, due: number): Promise<number>;
  /** A run begins: its adds are answered by it. */
  clear(key: string): Promise<void>;
  length(): Promise<number>;
  /** Counts one more failure in a row; resolves to their number. */
  countFailure(key: string): Promise<number>;
  forgetFailures(key: string): Promise<void>;
}

/**
 * KEYS[1] hash of due times
 * ARGV[1] key, ARGV[2] due time
 * Returns the due time that holds, as text.
 */
const LOWER = `
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and tonumber(held) <= tonumber(ARGV[2]) then return held end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return ARGV[2]
`;

export function dueTable(redis: Redis, prefix: string): DueTable {
  const due = `${prefix}:due`;
  const failures = `${prefix}:failures`;
  return {
    lower: async (key, time) => Number(await redis.eval(LOWER, 1, due, key, String(Math.round(time)))),
    clear: async (key) => void (await redis.hdel(due, key)),
    length: () => redis.hlen(due),
    countFailure: (key) => redis.hincrby(failures, key, 1),
    forgetFailures: async (key) => void (await redis.hdel(failures, key)),
  };
}
