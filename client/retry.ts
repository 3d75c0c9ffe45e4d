/** Repeating a call that failed, where that is safe. */
import type { Clock } from '../types/part/clock.ts';
import type { Random } from '../types/part/random.ts';
import { ApiError, retryCause, TransportError } from './errors.ts';

const TRIES = 5;
const FIRST_DELAY = 50;

/**
 * Runs `attempt` up to five times, with a delay that doubles from 50 ms and is jittered. A read is repeated after any passing failure; a
 * write only if the server can't have begun it: the connection was refused, or it was throttled (429).
 */
export async function withRetries<T>(
  { clock, random }: { clock: Clock; random: Random },
  method: string,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === TRIES || signal.aborted || !mayRepeat(method, error)) throw error;
      const delay = FIRST_DELAY * 2 ** (tries - 1) * (0.5 + random.next());
      const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
      await clock.sleep(Math.max(delay, asked), signal);
      if (signal.aborted) throw error;
    }
  }
}

function mayRepeat(method: string, error: unknown): boolean {
  const cause = retryCause(error);
  if (cause === undefined) return false;
  if (cause === 'throttled') return true;
  if (error instanceof TransportError && !error.sent) return true;
  return method === 'GET' && !(error instanceof ApiError && error.code === 500);
}
