/** How long the cloud takes. */
import type { Delay } from '../../../client/cloud.ts';
import { parseDuration } from '../../../types/part/flags.ts';
import type { Random } from '../../../types/part/random.ts';

/** Milliseconds, drawn anew with each call. */
export function drawDelay({ delay = '0s', jitter = '0s' }: Delay = {}, random: Random): number {
  return parseDuration(delay) + random.next() * parseDuration(jitter);
}
