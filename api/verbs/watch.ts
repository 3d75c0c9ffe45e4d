import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { expired } from '../errors.ts';
import { type HttpResponse, type StreamAnswer, warningHeaders } from '../http/answer.ts';
import { type Sink, Watcher, type WatchSpec } from '../watch/watcher.ts';
import { type Call, cacheOf, viewFor } from './call.ts';
import { prefixOf } from './list.ts';
import { type ListOptions, readListOptions } from './list-options.ts';
import { parseResourceVersion } from './resource-version.ts';
import { selectionOf } from './selection.ts';

/** kube-apiserver's --min-request-timeout: a watch without timeoutSeconds lives this long, up to twice. */
const MIN_TIMEOUT_MS = 1_800_000;

/** A stream of changes from a revision on, or of what is there and then of changes. */
export async function watch(call: Call): Promise<StreamAnswer> {
  const options = readListOptions(call.info.query, true);
  const view = viewFor(call, false);
  const selection = selectionOf(call);
  const cache = cacheOf(call);
  await cache.synced;
  const start = await startOf(call, options);
  const timeout = options.timeoutSeconds ? options.timeoutSeconds * 1000 : MIN_TIMEOUT_MS * (1 + call.core.random.next());
  const spec: WatchSpec = {
    ...start,
    prefix: prefixOf(call),
    matches: selection.all ? undefined : selection.matches,
    bookmarks: options.allowWatchBookmarks,
    timeout,
  };
  return {
    stream: (response) => {
      const sink = openStream(response, call.warnings);
      new Watcher(cache, view, spec, sink, call.core.clock).run().catch((error: unknown) => {
        call.core.log.error({ error, path: call.info.path }, 'watch failed');
        sink.destroy();
      });
    },
  };
}

/** Where the watch begins. Throws 410 when the log does not reach back so far. */
async function startOf(call: Call, options: ListOptions): Promise<Pick<WatchSpec, 'after' | 'initial' | 'initialEnd'>> {
  const cache = cacheOf(call);
  const asked = parseResourceVersion(options.resourceVersion);
  if (options.sendInitialEvents) {
    if (options.resourceVersion === '') await cache.fresh();
    else await cache.reached(asked, MIN_TIMEOUT_MS);
    return { after: cache.revision, initial: true, initialEnd: options.allowWatchBookmarks };
  }
  if (asked === 0) {
    if (options.resourceVersion === '') await cache.fresh();
    return { after: cache.revision, initial: options.sendInitialEvents === undefined, initialEnd: false };
  }
  if (asked < cache.windowStart && asked < (await cache.store.oldest()))
    throw expired(`too old resource version: ${asked} (${cache.windowStart})`);
  return { after: asked, initial: false, initialEnd: false };
}

/** Sends the headers at once, so that the client knows that the watch stands. */
function openStream(response: HttpResponse, warnings: readonly string[]): Sink {
  const res = response as ServerResponse;
  const headers: Record<string, string | string[]> = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };
  if (warnings.length > 0) headers.warning = warningHeaders(warnings);
  res.writeHead(200, headers);
  res.flushHeaders();
  const stream = (response as Http2ServerResponse).stream;
  return stream ?? res;
}
