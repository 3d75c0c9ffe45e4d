/** The reflector: follows a resource by list and watch, for ever, and says what it sees to a sink. */
import type { PartContext } from '../types/part/part.ts';
import type { KubeObject, Status, WatchEvent } from '../types/wire.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import type { Client } from './client.ts';
import { ApiError, isGone, isNotFound } from './errors.ts';
import type { InformerOptions } from './informer.ts';
import type { Resource } from './resource.ts';

/** What a reflector feeds. */
export interface Sink<T> {
  /** All there is, as of `resourceVersion`: what is not in it is gone. */
  replace(objects: T[], resourceVersion: string): void;
  /** ADDED, MODIFIED or DELETED. */
  change(event: WatchEvent<T>): void;
  /** The watch has reached this resourceVersion. */
  reached(resourceVersion: string): void;
}

const PAGE = 2000;
const MIN_WATCH_SECONDS = 300;
/** How long a watch may outlast the time that it asked for before it is taken for dead. */
const GRACE_MS = 30_000;
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 10_000;
/** The failure in a row that is told: about 3 s after the first. */
const REPORTED_FAILURE = 6;

/**
 * Lists and watches until `ctx.signal` aborts; no error ends it. A watch that ends is resumed where it stopped; 410 Gone, and a watch that
 * can't be resumed, mean a new list. Resolves after the abort.
 */
export async function reflect<T extends KubeObject>(
  client: Client,
  ctx: PartContext,
  resource: Resource<T>,
  options: InformerOptions,
  sink: Sink<T>,
): Promise<void> {
  const backoff = createBackoff(ctx.random, FIRST_DELAY_MS, LONGEST_DELAY_MS);
  const reflection: Reflection<T> = { client, ctx, resource, options, sink, backoff, version: '', listed: false, failures: 0 };
  while (!ctx.signal.aborted) {
    try {
      if (reflection.version === '') await list(reflection);
      await watch(reflection);
    } catch (error) {
      if (ctx.signal.aborted) return;
      if (isGone(error)) reflection.version = '';
      else if (isNotFound(error)) notServed(reflection);
      else report(reflection, error);
      await ctx.clock.sleep(backoff.next(), ctx.signal);
    }
  }
}

interface Reflection<T extends KubeObject> {
  client: Client;
  ctx: PartContext;
  resource: Resource<T>;
  options: InformerOptions;
  sink: Sink<T>;
  backoff: Backoff;
  /** Where the next watch begins; empty: list first. */
  version: string;
  /** The sink has been given a list. */
  listed: boolean;
  /** In a row. */
  failures: number;
}

/** A server that is restarted is not worth a line for each resource; one that stays away is. */
function report<T extends KubeObject>(r: Reflection<T>, error: unknown): void {
  const fields = { resource: r.resource.plural, error: String(error) };
  if (++r.failures === REPORTED_FAILURE) r.ctx.log.warn(fields, 'lost sight of a resource, trying again');
  else r.ctx.log.debug(fields, 'lost sight of a resource, trying again');
}

/**
 * The server has no such resource (yet): for who waits for the first list, there is nothing of it. What was seen before is kept, since the
 * end of a custom resource is told object by object.
 */
function notServed<T extends KubeObject>(r: Reflection<T>): void {
  if (!r.listed) r.sink.replace([], '');
  r.listed = true;
  r.version = '';
  r.ctx.log.debug({ resource: r.resource.plural }, 'the server has no such resource, trying again');
}

async function list<T extends KubeObject>(r: Reflection<T>): Promise<void> {
  const { items, version } = await pages(r).catch((error: unknown) => {
    if (isGone(error)) return pages(r, 0);
    throw error;
  });
  r.sink.replace(items, version);
  r.listed = true;
  r.version = version;
}

/** All pages as of one resourceVersion (`limit` 0: in one); a continue token that is too old by the time it is used fails with 410 Gone. */
async function pages<T extends KubeObject>(r: Reflection<T>, limit = PAGE) {
  let items: T[] = [];
  let token: string | undefined;
  let version = '';
  do {
    const paging = { ...(limit && { limit }), ...(token && { continue: token }) };
    const page = await r.client.list(r.resource, { ...r.options, ...paging, signal: r.ctx.signal });
    items = token ? items.concat(page.items) : (page.items ?? []);
    version = page.metadata.resourceVersion ?? '';
    token = page.metadata.continue;
  } while (token);
  return { items, version };
}

async function watch<T extends KubeObject>(r: Reflection<T>): Promise<void> {
  const { clock, random, signal } = r.ctx;
  const timeoutSeconds = MIN_WATCH_SECONDS + random.int(MIN_WATCH_SECONDS);
  const dead = new AbortController();
  const timer = clock.after(timeoutSeconds * 1000 + GRACE_MS, () => dead.abort());
  timer.unref();
  const stop = () => dead.abort();
  signal.addEventListener('abort', stop, { once: true });
  const started = clock.monotonic();
  try {
    const options = { ...r.options, resourceVersion: r.version, timeoutSeconds, signal: dead.signal };
    for await (const event of r.client.watch(r.resource, options)) take(r, event);
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', stop);
  }
  // A server that ends every watch at once must not be asked in a tight loop.
  if (clock.monotonic() - started < 1000 && !signal.aborted) await clock.sleep(r.backoff.next(), signal);
}

function take<T extends KubeObject>(r: Reflection<T>, event: WatchEvent<T>): void {
  if (event.type === 'ERROR') throw new ApiError(event.object as unknown as Status);
  const version = event.object.metadata?.resourceVersion ?? r.version;
  if (event.type !== 'BOOKMARK') r.sink.change(event);
  r.version = version;
  r.sink.reached(version);
  r.backoff.reset();
  r.failures = 0;
}
