import { Backlog } from './backlog.ts';
import { Compacted } from './errors.ts';
import type { Change, TailOptions } from './store.ts';

/** What a driver offers for tails to be made of. */
export interface FollowSource {
  readonly resource: string;
  /** From now on pushes every change after the returned revision. Rejects when the signal aborts or the store closes. */
  join(backlog: Backlog, signal: AbortSignal): Promise<number>;
  leave(backlog: Backlog): void;
  /** As `ResourceStore.range`, waiting for a lost connection for as long as the signal allows. */
  history(after: number, through: number, signal: AbortSignal): Promise<Change[]>;
}

const DEFAULT_BACKLOG = 100_000;
const HISTORY_PAGE = 1000;

/**
 * A tail: subscribe first, then read history up to where the subscription begins, then drop what both brought. Revisions are dense, so
 * a gap shows itself: it means that the log was trimmed before we could read it.
 */
export async function* follow(source: FollowSource, after: number, options: TailOptions): AsyncGenerator<Change[], void, undefined> {
  const { signal, maxBacklog = DEFAULT_BACKLOG } = options;
  if (signal.aborted) return;
  const backlog = new Backlog(maxBacklog);
  const end = () => backlog.end();
  signal.addEventListener('abort', end, { once: true });
  try {
    const from = await source.join(backlog, signal);
    yield* history(source, after, from, signal);
    yield* live(source.resource, backlog, Math.max(after, from));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    source.leave(backlog);
  }
}

async function* history(source: FollowSource, after: number, through: number, signal: AbortSignal) {
  for (let last = after; last < through && !signal.aborted; ) {
    const page = await source.history(last, Math.min(through, last + HISTORY_PAGE), signal);
    last = page.at(-1)?.revision ?? through;
    yield page;
  }
}

async function* live(resource: string, backlog: Backlog, after: number) {
  let last = after;
  for (;;) {
    const batch = await backlog.take();
    if (!batch) return;
    const fresh = dropThrough(batch, last);
    const first = fresh[0];
    if (!first) continue;
    if (first.revision !== last + 1) throw new Compacted(resource, last, first.revision - 1);
    last += fresh.length;
    yield fresh;
  }
}

function dropThrough(batch: Change[], last: number): Change[] {
  const first = batch[0];
  if (!first || first.revision > last) return batch;
  return batch.filter((change) => change.revision > last);
}
